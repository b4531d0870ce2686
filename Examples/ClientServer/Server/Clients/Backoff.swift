/// How long to wait before a program that has ended is started again.
struct Backoff {
    private static let first = Duration.milliseconds(100)
    private static let limit = Duration.seconds(5)
    private var next = first

    /// The wait after an end: twice the last one, but 100 ms if the program has run for ten seconds.
    ///
    /// - Parameter time: How long the program has run.
    mutating func wait(afterRunning time: Duration) -> Duration {
        if time >= .seconds(10) { next = Self.first }
        defer { next = min(next * 2, Self.limit) }
        return next
    }
}
