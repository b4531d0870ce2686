internal import CDPDK

/// The log lines of EAL and the drivers that this process keeps, the last 128.
enum EALLog {
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
