import ClientServer
import Foundation
import Synchronization

/// Prints from a thread of its own, so that packets wait neither for the gathering of numbers nor for an output that
/// takes nothing, like a terminal after Ctrl-S.
///
/// It is made before EAL pins the main thread to a CPU, and with it the threads that this makes later: so the two are
/// not in each other's way where there is another CPU. In DPDK's words it is a control thread.
final class Reporter: Sendable {
    private let statistics = Mutex<Statistics?>(nil)
    private let balance = Mutex<Balance?>(nil)
    private let end = DispatchSemaphore(value: 0)
    private let isDone = DispatchSemaphore(value: 0)

    init(_ format: StatisticsFormat) {
        Thread.detachNewThread { [self] in
            var printer = Printer(format)
            while end.wait(timeout: .now() + 1) == .timedOut {
                if let snapshot = try? statistics.withLock(\.self)?.snapshot() { printer.show(snapshot) }
            }
            if let balance = balance.withLock(\.self) { printer.show(balance) }
            isDone.signal()
        }
    }

    /// Shows these statistics each second from now on.
    func show(_ statistics: Statistics) { self.statistics.withLock { $0 = statistics } }

    /// Shows the balance and ends, but waits no longer than a second for an output that takes nothing.
    func finish(_ balance: Balance) {
        self.balance.withLock { $0 = balance }
        end.signal()
        if isDone.wait(timeout: .now() + 1) == .timedOut { Program.note("standard output takes nothing: no balance") }
        if !balance.addsUp { Program.note(balance.difference) }
    }
}
