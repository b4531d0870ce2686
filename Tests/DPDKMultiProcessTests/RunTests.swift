import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

@Suite("run", .fewAtOnce)
struct RunTests {
    private struct Own: Error {}

    /// A place outside for what a body must not keep.
    private final class Keeper {
        var burst: PacketBurst?
    }

    @Test func itShutsDownAndReturnsWhatTheBodyReturned() async {
        await #expect(processExitsWith: .success) {
            let arguments = primaryArguments()
            var primary: PrimaryProcess?
            let capacity = try PrimaryProcess.run(arguments) { process in
                primary = process
                var ring = try SharedRing<UInt64>(creating: "ticks", capacity: 63, in: process).makeProducer()
                check(ring.enqueue(1) == nil)
                return 63
            }
            check(capacity, is: 63)
            refusal(.shutDown) { try primary?.shutdown() }
            check(TestRun.files(of: arguments.filePrefix), is: [])
        }
    }

    @Test func itShutsDownAndThrowsWhatTheBodyThrew() async {
        await #expect(processExitsWith: .success) {
            let arguments = primaryArguments()
            #expect(throws: Own.self) {
                try AutoProcess.run(arguments) { process in
                    let burst = try PacketBurst(capacity: 8, in: process.process)
                    check(burst.isEmpty)
                    throw Own()
                }
            }
            check(TestRun.files(of: arguments.filePrefix), is: [])
        }
    }

    @Test func theBodysErrorGoesBeforeTheShutdowns() async {
        await #expect(processExitsWith: .success) {
            let arguments = primaryArguments()
            defer { TestRun.removeFiles(of: arguments.filePrefix) }
            let keeper = Keeper()
            #expect(throws: Own.self) {
                try PrimaryProcess.run(arguments) { primary in
                    keeper.burst = try PacketBurst(capacity: 8, in: primary)
                    throw Own()
                }
            }
        }
        await #expect(processExitsWith: .success) {
            let arguments = primaryArguments()
            defer { TestRun.removeFiles(of: arguments.filePrefix) }
            let keeper = Keeper()
            let error = refusal(.inUse) {
                try PrimaryProcess.run(arguments) { keeper.burst = try PacketBurst(capacity: 8, in: $0) }
            }
            check(error?.message.hasSuffix("still has a packet burst") == true, "\(error as Any)")
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalLeavesNothingBehind(_ number: CInt) async throws {
        let group = try EALGroup()
        let primary = try await running(in: group)
        let secondary = try await running(in: group)
        secondary.signal(number)
        #expect(try await secondary.end() == .status(0))
        let thrower = try await running(in: group, then: "throw")
        thrower.signal(number)
        #expect(try await thrower.end() == .status(1))
        #expect(thrower.errorOutput.hasSuffix("TestPeer: the kettle is empty\n"), "\(thrower.errorOutput)")
        primary.signal(number)
        #expect(try await primary.end() == .status(0))
        #expect(group.files == [])
    }

    /// EAL makes files while it starts, too.
    @Test func aSignalThatComesEarlyLeavesNothingBehind() async throws {
        let group = try EALGroup()
        for delay in stride(from: 0, through: 150, by: 30) {
            let primary = try launch(in: group)
            while group.files.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            try await Task.sleep(for: .milliseconds(delay))
            primary.signal(SIGINT)
            #expect(try await primary.end() == .status(0))
            #expect(group.files == [])
        }
    }

    @Test func theSecondSignalEndsTheProcess() async throws {
        let group = try EALGroup()
        let primary = try await running(in: group, then: "ignore")
        primary.signal(SIGINT)
        try await primary.expect("ignored")
        try await Task.sleep(for: .milliseconds(600))
        primary.signal(SIGTERM)
        #expect(try await primary.end() == .signal(SIGTERM))
    }

    private func launch(in group: EALGroup, then end: String = "return") throws -> Peer {
        try Peer("run", ["--then", end, "--", "--file-prefix=\(group.filePrefix)", "--no-pci", "--no-telemetry"])
    }

    private func running(in group: EALGroup, then end: String = "return") async throws -> Peer {
        let peer = try launch(in: group, then: end)
        try await peer.expect("running")
        return peer
    }
}

@Suite("Stop signals and idling")
struct StopSignalTests {
    @Test func theSignalsAreGivenBack() async {
        await #expect(processExitsWith: .success) {
            // Blocked, as a parent process may have left them.
            var signals = sigset_t()
            unsafe sigemptyset(&signals)
            unsafe sigaddset(&signals, SIGTERM)
            unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
            _ = signal(SIGINT, SIG_IGN)
            let before = StopSignal.install()
            check(!StopSignal.isRaised)
            raise(SIGTERM)
            check(StopSignal.isRaised)
            StopSignal.restore(before)
            check(StopSignal.isRaised)
            // Ignored again.
            raise(SIGINT)
        }
        await #expect(processExitsWith: .signal(SIGTERM)) {
            StopSignal.restore(StopSignal.install())
            raise(SIGTERM)
        }
    }

    @Test func theSecondSignalEndsTheProcess() async {
        await #expect(processExitsWith: .signal(SIGINT)) {
            StopSignal.install()
            raise(SIGTERM)
            check(StopSignal.isRaised)
            // Two signals at once are one request.
            raise(SIGTERM)
            usleep(600_000)
            raise(SIGINT)
            exit(0)
        }
    }

    /// How often this thread has given up its CPU by itself, which it does not where it only yields.
    private static var sleeps: Int {
        let status = (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
        return Int(line?.split(separator: "\t").last ?? "") ?? -1
    }

    /// Checks that the next polls rest as they should. A sleep that another thread delays is not counted by the
    /// kernel, but takes its time.
    private static func expect(_ idle: inout Idle, toSleep sleeps: Bool, in emptyPolls: Int) {
        let (before, start) = (Self.sleeps, ContinuousClock.now)
        for _ in 0..<emptyPolls { idle.rest(afterFinding: 0) }
        let time = start.duration(to: .now)
        if sleeps {
            check(time >= .microseconds(20 * emptyPolls), "\(emptyPolls) sleeps took \(time)")
            check(Self.sleeps > before, "no sleep in \(emptyPolls) polls")
        } else {
            check(Self.sleeps == before, "\(Self.sleeps - before) sleeps in \(emptyPolls) polls")
        }
    }

    @Test func idlingIsWhatItsNameSays() async {
        await #expect(processExitsWith: .success) {
            for strategy in [Idle.Strategy.spin, .pause, .yield] {
                var idle = Idle(strategy)
                Self.expect(&idle, toSleep: false, in: 1_000)
            }
            var sleeping = Idle(.sleep)
            Self.expect(&sleeping, toSleep: true, in: 100)
            var adaptive = Idle(.adaptive)
            for _ in 0..<2 {
                Self.expect(&adaptive, toSleep: false, in: 399)
                Self.expect(&adaptive, toSleep: true, in: 100)
                adaptive.rest(afterFinding: 1)
            }
        }
    }
}
