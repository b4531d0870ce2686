import CBaseline
import DPDKMultiProcess
import Synchronization

/// Lets two threads begin at the same moment.
final class StartGate: Sendable {
    private let isReady = Atomic(false)
    private let isOpen = Atomic(false)

    /// Called by the other thread: says that it is there, and waits.
    func wait() {
        isReady.store(true, ordering: .releasing)
        while !isOpen.load(ordering: .acquiring) { Lcore.pause() }
    }

    /// Called by the measuring thread: waits for the other, and lets it go.
    func open() {
        while !isReady.load(ordering: .acquiring) { Lcore.pause() }
        isOpen.store(true, ordering: .releasing)
    }
}

// MARK: - Two CPUs

extension Loop {
    /// Enqueues bursts until `count` elements, at least, are in, and returns how many are.
    @inline(never)
    static func produce<Element: RingValue>(
        _ producer: inout SharedRing<Element>.Producer, _ source: UnsafeBufferPointer<Element>, count: Int
    ) -> Int {
        var sent = 0
        while sent < count {
            let number = producer.enqueueBurst(unsafe Span(_unsafeElements: source))
            if number == 0 {
                Lcore.pause()
                if cbaseline_is_alone() { break }
            }
            sent &+= number
        }
        return sent
    }

    /// Dequeues bursts until `count` elements, at least, are out, and returns how many are.
    @inline(never)
    static func consume<Element: RingValue>(
        _ consumer: inout SharedRing<Element>.Consumer, _ destination: UnsafeMutableBufferPointer<Element>, count: Int
    ) -> Int {
        var received = 0
        while received < count {
            var output = unsafe OutputSpan(buffer: destination, initializedCount: 0)
            let number = consumer.dequeueBurst(into: &output)
            _ = unsafe output.finalize(for: destination)
            if number == 0 {
                Lcore.pause()
                if cbaseline_is_alone() { break }
            }
            received &+= number
        }
        return received
    }
}

extension Loop {
    /// Enqueues an element again and again, until `count` are in, and returns how many are.
    @inline(never)
    static func produceSingles<Element: RingValue>(
        _ producer: inout SharedRing<Element>.Producer, _ element: Element, count: Int
    ) -> Int {
        var sent = 0
        while sent < count {
            if producer.enqueue(element) == nil {
                sent &+= 1
            } else {
                Lcore.pause()
                if cbaseline_is_alone() { break }
            }
        }
        return sent
    }

    /// Dequeues elements one by one, until `count` are out, and returns how many are.
    @inline(never)
    static func consumeSingles<Element: RingValue>(
        _ consumer: inout SharedRing<Element>.Consumer, _ destination: UnsafeMutablePointer<Element>, count: Int
    ) -> Int {
        var received = 0
        while received < count {
            if let element = consumer.dequeue() {
                unsafe destination.pointee = element
                received &+= 1
            } else {
                Lcore.pause()
                if cbaseline_is_alone() { break }
            }
        }
        return received
    }
}

extension Loop {
    /// Writes numbered elements in the ring, from 0 on, until `count`, at least, are in, and returns how many are.
    @inline(never)
    static func produceInPlace(_ producer: inout SharedRing<Element64>.Producer, _ burst: Int, count: Int) -> Int {
        var sent: UInt64 = 0
        while sent < count {
            let number = producer.enqueueBurst(upTo: burst) { slots in
                while !slots.isFull {
                    slots.append(Element64(repeating: sent))
                    sent &+= 1
                }
            }
            if number == 0 {
                Lcore.pause()
                if cbaseline_is_alone() { break }
            }
        }
        return Int(sent)
    }

    /// Reads elements in the ring until `count`, at least, are out, and returns how many are, and the sum of all words.
    @inline(never)
    static func consumeInPlace(
        _ consumer: inout SharedRing<Element64>.Consumer, _ burst: Int, count: Int
    ) -> (received: Int, sum: UInt64) {
        var received = 0
        var sum: UInt64 = 0
        while received < count {
            let number = consumer.dequeueBurst(upTo: burst) { elements in
                for index in elements.indices { sum &+= elements[index].sum }
                return elements.count
            }
            if number == 0 {
                Lcore.pause()
                if cbaseline_is_alone() { break }
            }
            received &+= number
        }
        return (received, sum)
    }
}

/// What the producing thread has of the library.
@safe struct ProducerState<Element: RingValue>: ~Copyable, @unchecked Sendable {
    var producer: SharedRing<Element>.Producer
    let source: UnsafeBufferPointer<Element>
    var sent = 0
}

/// What the producing thread has of C.
@safe struct BaselineState: @unchecked Sendable {
    let ring: OpaquePointer
    let elementSize: UInt32
    let source: UnsafeRawPointer
    var sent: UInt64 = 0
}
