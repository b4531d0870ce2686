import Glibc
import Testing

@testable import ClientServer

@Suite("The ticker")
struct TickerTests {
    private func ticks(_ ticker: inout Ticker) -> Bool {
        (0..<128).reduce(false) { isDue, _ in ticker.isDue() || isDue }
    }

    @Test func itTicksOnceAfterAStall() {
        var ticker = Ticker(everyMilliseconds: 200)
        #expect(!ticks(&ticker))
        usleep(500_000)
        #expect(ticks(&ticker))
        #expect(!ticks(&ticker))
    }
}
