import Testing

@testable import mp_server

@Suite("The wait before a client is started again")
struct BackoffTests {
    @Test func itDoublesUpToFiveSecondsAndBeginsAnewAfterALongRun() {
        var backoff = Backoff()
        let waits = (0..<8).map { _ in backoff.wait(afterRunning: .seconds(9)) }
        #expect(waits == [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000].map { .milliseconds($0) })
        #expect(backoff.wait(afterRunning: .seconds(10)) == .milliseconds(100))
        #expect(backoff.wait(afterRunning: .zero) == .milliseconds(200))
    }
}
