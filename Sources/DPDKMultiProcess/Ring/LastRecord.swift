public import CDPDK

/// The record of the burst that an exclusive end of a ring has last moved packets from or to.
///
/// The record says that the operation goes on until something else is done with the burst: from the ring's tail, it is
/// judged as done. So it is ended before the tail moves on for another burst.
@usableFromInline @safe
struct LastRecord {
    @usableFromInline var record = unsafe cdpdk_no_record()

    /// Ends the last operation if it was on another burst. The ring's tail is at `position`, and is about to move on.
    @inlinable @inline(__always)
    mutating func change(to next: UnsafeMutablePointer<cdpdk_record>, _ operation: UInt64, at position: UInt32) {
        guard _slowPath(unsafe record != next) else { return }
        end(operation, at: position)
        unsafe record = next
    }

    /// Ends the last operation, if there was one. The ring's tail is at `position`.
    @inlinable @inline(__always)
    func end(_ operation: UInt64, at position: UInt32) { unsafe cdpdk_record_settle(record, operation, position) }
}
