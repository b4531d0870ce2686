import CBaseline
import CDPDK
import DPDKMultiProcess

// MARK: - Round trips

extension Loop {
    /// Sends elements to and fro, one at a time, notes the ticks of each trip, and returns how many were made: an
    /// element that is not the one that was sent ends it.
    @inline(never)
    static func ping<Element: NumberedElement>(
        _ producer: inout SharedRing<Element>.Producer, _ consumer: inout SharedRing<Element>.Consumer,
        _ ticks: UnsafeMutableBufferPointer<UInt32>
    ) -> Int {
        var trips = unsafe MutableSpan(_unsafeElements: ticks)
        for trip in trips.indices {
            let element = Element(number: UInt64(trip))
            let start = cdpdk_cycles()
            _ = producer.enqueue(element)
            while true {
                if let answer = consumer.dequeue() {
                    trips[trip] = UInt32(truncatingIfNeeded: cdpdk_cycles() &- start)
                    guard answer.number == UInt64(trip) else { return trip }
                    break
                }
                Lcore.pause()
                if cbaseline_is_alone() { return trip }
            }
        }
        return trips.count
    }

    /// The other side: sends elements back, and returns how many.
    @inline(never)
    static func echo<Element: NumberedElement>(
        _ producer: inout SharedRing<Element>.Producer, _ consumer: inout SharedRing<Element>.Consumer, count: Int
    ) -> Int {
        var done = 0
        while done < count {
            guard let element = consumer.dequeue() else {
                Lcore.pause()
                if cbaseline_is_alone() { break }
                continue
            }
            _ = producer.enqueue(element)
            done &+= 1
        }
        return done
    }
}

/// What the answering thread has of the library.
struct EchoState<Element: NumberedElement>: ~Copyable, Sendable {
    var producer: SharedRing<Element>.Producer
    var consumer: SharedRing<Element>.Consumer
    var answered = 0
}

/// What the answering thread has of C.
@safe struct EchoBaselineState: @unchecked Sendable {
    let forth: OpaquePointer
    let back: OpaquePointer
    var answered = 0
}
