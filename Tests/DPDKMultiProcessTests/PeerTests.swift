import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

@Suite("Peers, the other processes of the tests", .fewAtOnce)
struct PeerTests {
    @Test func aSilentPeerIsGivenUpWithWhatItWroteToItsErrorOutput() async throws {
        let group = try Group(configuration: [])
        let noisy = ["sh", "-c", "echo noise >&2; exec \"$@\"", "sh"]
        let peer = try Peer("hold-configuration", ["--path", group.configuration], under: noisy)
        try await peer.expect("locked")
        let failure = await #expect(throws: ChildFailure.self) { try await peer.line(within: .milliseconds(50)) }
        #expect(failure?.description.contains("noise") ?? false)
        peer.closeInput()
        #expect(try await peer.end() == .status(0))
        #expect(try await peer.line() == nil)
    }

    @Test func aPeerIsGoneWithItsValue() async throws {
        let group = try Group(configuration: [])
        var peer: Peer? = try Peer("hold-configuration", ["--path", group.configuration])
        try await peer?.expect("locked")
        let pid = try #require(peer?.pid)
        peer?.signal(SIGSTOP)
        #expect(peer?.isRunning ?? false)
        peer = nil
        for _ in 0..<1000 where kill(pid, 0) == 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(kill(pid, 0) == -1)
    }

    @Test func aPeerThatCannotStartThrows() {
        #expect(throws: ChildFailure.self) { try Peer("preflight", under: ["/none/at/all"]) }
    }

    @Test func anUnknownPartIsRefused() async throws {
        #expect(try await Peer("nothing").finish().ending == .status(64))
    }
}
