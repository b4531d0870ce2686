/// What a thread or an lcore is given to run, as the one pointer that C passes on.
final class Work: Sendable {
    private let body: @Sendable () -> Void

    private init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    /// Hands `body` to a thread that `start` starts, and that calls ``run(_:)`` with the pointer once.
    ///
    /// - Returns: What `start` returned; 0 means that the thread has the work.
    static func hand(
        _ body: @escaping @Sendable () -> Void, to start: (UnsafeMutableRawPointer) -> CInt
    ) -> CInt {
        let work = unsafe Unmanaged.passRetained(Work(body))
        let status = unsafe start(work.toOpaque())
        if status != 0 { unsafe work.release() }
        return status
    }

    /// Runs work that was handed over, on the thread that has it.
    static func run(_ work: UnsafeMutableRawPointer?) {
        if let work = unsafe work { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
    }
}
