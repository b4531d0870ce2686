import DPDKMultiProcess
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Control threads and pinning", .fewAtOnce)
struct ControlThreadTests {
    private static func cpus() -> [Int] { Machine.current.cpus }

    /// What a thread sees of itself.
    private struct View: Sendable {
        var cpus: [Int] = []
        var name = ""
    }

    private static func view() -> View {
        let name = (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? ""
        return View(cpus: cpus(), name: String(name.dropLast()))
    }

    @Test func aControlThreadKeepsOffTheLcores() async {
        await #expect(processExitsWith: .success) {
            let all = Self.cpus()
            try asPrimary { primary in
                check(Self.cpus(), is: [0])
                let seen = Mutex(View())
                let thread = try ControlThread(named: "fifteen-letters", in: primary) {
                    let view = Self.view()
                    seen.withLock { $0 = view }
                }
                thread.join()
                check(seen.withLock(\.name), is: "fifteen-letters")
                let others = all.filter { $0 != 0 }
                check(seen.withLock(\.cpus), is: others.isEmpty ? all : others)
                for name in ["", "sixteen-letters-"] {
                    refusal(.invalidName) { _ = try ControlThread(named: name, in: primary) {} }
                }
            }
        }
    }

    @Test func aShutdownIsRefusedUntilItsEnd() async {
        await #expect(processExitsWith: .success) {
            let ends = Atomic(0)
            let primary = try PrimaryProcess(primaryArguments())
            let go = DispatchSemaphore(value: 0)
            let first = try ControlThread(named: "reporter", in: primary) {
                go.wait()
                ends.add(1, ordering: .relaxed)
            }
            let error = refusal(.inUse) { try primary.shutdown() }
            check(error?.message.contains("control thread 'reporter'") == true, "\(error as Any)")
            go.signal()
            first.join()
            check(ends.load(ordering: .relaxed), is: 1)
            // The end of the scope also waits.
            do {
                _ = try ControlThread(named: "slow", in: primary) {
                    usleep(50_000)
                    ends.add(1, ordering: .relaxed)
                }
            }
            check(ends.load(ordering: .relaxed), is: 2)
            try primary.shutdown()
            refusal(.shutDown) { _ = try ControlThread(named: "late", in: primary) {} }
        }
    }

    @Test func theShutdownTakesThePinningBack() async {
        await #expect(processExitsWith: .success) {
            let all = Self.cpus()
            let primary = try PrimaryProcess(primaryArguments())
            check(Self.cpus(), is: [0])
            // Another thread, which runs on the main lcore's CPU, shuts down.
            let isDone = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                check(Self.cpus(), is: [0])
                do { try primary.shutdown() } catch { Issue.record("\(error)") }
                isDone.signal()
            }
            isDone.wait()
            check(Self.cpus(), is: all)
            check(TestRun.files(of: primary.filePrefix).isEmpty)
        }
    }
}
