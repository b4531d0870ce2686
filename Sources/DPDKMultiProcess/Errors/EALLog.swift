internal import CDPDK
internal import Synchronization

/// The log of EAL and the drivers in this process.
///
/// It is silent by default: the last 128 lines are kept in memory, and an error that they explain carries some of them
/// as ``DPDKError/log``. ``setHandler(_:)`` gives every line to the application. If ``EALArguments/logLevels`` are
/// stated and there is no handler, the lines also go to standard error.
public enum EALLog {
    /// How serious a message is, with the words and numbers of DPDK. Lower is worse.
    public enum Level: Int32, CaseIterable, Comparable, Sendable {
        case emergency = 1
        case alert, critical, error, warning, notice, info, debug

        /// Whether the left level is the more serious one.
        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// One line.
    public struct Entry: Hashable, Sendable {
        /// How serious the message is.
        public let level: Level
        /// The part of DPDK that logged it, as ``EALArguments/logLevels`` name it, for instance `lib.eal`.
        public let component: String
        /// The message as DPDK wrote it, without the newline, cut after 255 bytes.
        public let message: String
    }

    private static let handler = Mutex<(@Sendable (Entry) -> Void)?>(nil)

    /// Has a handler called for each line that is logged from now on.
    ///
    ///     EALLog.setHandler { entry in logger.log("\(entry.component): \(entry.message)") }
    ///
    /// What is logged at all is up to ``EALArguments/logLevels``; without them, it is `notice` and what is more
    /// serious. Any thread may call this, before EAL's start or later. The handler runs on the thread that logs, one
    /// call at a time, and other threads that log wait meanwhile: it must be brief, and must not wait for a lock that
    /// is held anywhere around calls of this library. What DPDK logs because of the handler is kept, and not given to
    /// it. The functions of data paths log nothing. The corresponding C function is `rte_openlog_stream`.
    ///
    /// - Parameter handler: What is called; nil for nothing, which is the default.
    public static func setHandler(_ handler: (@Sendable (Entry) -> Void)?) {
        Self.handler.withLock { $0 = handler }
        guard handler != nil else { return cdpdk_log_set_handler(nil) }
        unsafe cdpdk_log_set_handler { level, component, line in
            guard let handler = EALLog.handler.withLock({ $0 }) else { return }
            handler(
                Entry(
                    level: Level(rawValue: level) ?? .notice, component: unsafe String(cString: component),
                    message: unsafe String(cString: line)))
        }
    }

    /// The lines that were logged since a number that `cdpdk_log_count` gave, 12 at most, the oldest first.
    static func lines(since start: UInt64, atMost limit: UInt64 = 12) -> [String] {
        let end = cdpdk_log_count()
        var lines: [String] = []
        for number in max(start, end > limit ? end - limit : 0)..<max(start, end) {
            let line = unsafe String(unsafeUninitializedCapacity: 256) { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                    guard let base = text.baseAddress, unsafe cdpdk_log_line(number, base, text.count)
                    else { return 0 }
                    return unsafe text.firstIndex(of: 0) ?? 0
                }
            }
            if !line.isEmpty { lines.append(line) }
        }
        return lines
    }
}
