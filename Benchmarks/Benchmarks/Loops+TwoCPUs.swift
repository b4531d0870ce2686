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
        while !isOpen.load(ordering: .acquiring) { cbaseline_pause() }
    }

    /// Called by the measuring thread: waits for the other, and lets it go.
    func open() {
        while !isReady.load(ordering: .acquiring) { cbaseline_pause() }
        isOpen.store(true, ordering: .releasing)
    }
}

// MARK: - Two CPUs

extension Loop {
    /// Enqueues bursts until `count` elements are in.
    @inline(never)
    static func produce<Element: BenchmarkElement>(
        _ producer: inout SharedRing<Element>.Producer, _ source: UnsafeBufferPointer<Element>, count: Int
    ) {
        var sent = 0
        while sent < count {
            let number = producer.enqueue(unsafe Span(_unsafeElements: source))
            if number == 0 { cbaseline_pause() }
            sent &+= number
        }
    }

    /// Dequeues bursts until `count` elements are out.
    @inline(never)
    static func consume<Element: BenchmarkElement>(
        _ consumer: inout SharedRing<Element>.Consumer, _ destination: UnsafeMutableBufferPointer<Element>, count: Int
    ) {
        var received = 0
        while received < count {
            var output = unsafe OutputSpan(buffer: destination, initializedCount: 0)
            let number = consumer.dequeue(into: &output)
            _ = unsafe output.finalize(for: destination)
            if number == 0 { cbaseline_pause() }
            received &+= number
        }
    }
}

/// What the producing thread has of the library.
@safe struct ProducerState<Element: BenchmarkElement>: ~Copyable, @unchecked Sendable {
    var producer: SharedRing<Element>.Producer
    let source: UnsafeBufferPointer<Element>
}

/// What the producing thread has of C.
@safe struct BaselineState: @unchecked Sendable {
    let ring: OpaquePointer
    let elementSize: UInt32
    let source: UnsafeRawPointer
}
