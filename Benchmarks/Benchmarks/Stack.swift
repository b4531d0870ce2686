/// Where on the stack a loop runs.
///
/// CPUs tell a load from a store by the last twelve bits of their addresses first. Where a loop's stack has them in
/// common with the buffers or with the ring's indices, it takes up to three times as long, and where the stack is
/// differs from run to run. So each pair of repetitions has another place: most of them are undisturbed, and so is the
/// median.
enum Stack {
    /// Calls `body` with the stack lower than otherwise, by one of 64 distances below a page.
    static func atPlace<Result>(_ number: Int, _ body: () throws -> Result) throws -> Result {
        // 37 has no factor in common with 64, so that a few places are far apart already.
        try lowered(by: number * 37 % 64 * 64, body)
    }

    @inline(never)
    private static func lowered<Result>(by bytes: Int, _ body: () throws -> Result) throws -> Result {
        guard bytes > 0 else { return try body() }
        // What is not larger than 1 KiB is put on the stack.
        let part = min(bytes, 1_024)
        return try unsafe withUnsafeTemporaryAllocation(byteCount: part, alignment: 16) { _ in
            try lowered(by: bytes - part, body)
        }
    }
}
