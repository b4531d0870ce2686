internal import CDPDK
internal import Synchronization

/// The log of EAL and the drivers in this process.
///
/// The log is silent by default. The library keeps the last 128 lines in memory, and an error that they explain carries
/// some of them in ``DPDKError/log``. ``setHandler(_:)`` passes every line to the application. If
/// ``EALArguments/logLevels`` is not empty and there is no handler, the lines also go to standard error.
public enum EALLog {
    /// The severity of a message, with DPDK's names and numbers. Lower numbers are more severe.
    public enum Level: Int32, CaseIterable, Comparable, Sendable {
        case emergency = 1
        case alert, critical, error, warning, notice, info, debug

        /// Whether the left level is the more severe one.
        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// One line of the log.
    public struct Entry: Hashable, Sendable {
        /// The severity of the message.
        public let level: Level
        /// The part of DPDK that logged the message, as in ``EALArguments/logLevels``, for instance `lib.eal`.
        public let component: String
        /// DPDK's message without the newline, cut after 255 bytes.
        public let message: String
    }

    private static let handler = Mutex<(@Sendable (Entry) -> Void)?>(nil)

    /// Sets the handler that is called for each line that DPDK logs from now on.
    ///
    ///     EALLog.setHandler { entry in logger.log("\(entry.component): \(entry.message)") }
    ///
    /// ``EALArguments/logLevels`` says which lines DPDK logs; by default, those of level `notice` or more severe. Any
    /// thread may call this at any time, also before EAL starts.
    ///
    /// The handler runs on the thread that logs, one call at a time, while other threads that log wait. So it must be
    /// short, and must not wait for a lock that is held anywhere during calls of this library. Lines that DPDK logs
    /// because of the handler are kept, but not passed to it. The functions of data paths log nothing.
    ///
    /// - Parameter handler: The function to call; nil, the default, for none.
    ///
    /// The corresponding C function is `rte_openlog_stream`.
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

    /// The lines logged since `cdpdk_log_count` returned `start`, the last `limit` of them, the oldest first.
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
