import DPDKMultiProcess

// MARK: - Rings that many may use at once

extension Loop {
    /// Enqueues a burst, then dequeues it, and so on.
    @inline(never)
    static func sharedBursts(
        _ producer: borrowing SharedRing<UInt64>.SharedProducer,
        _ consumer: borrowing SharedRing<UInt64>.SharedConsumer,
        _ buffers: Buffers<UInt64>, rounds: Int
    ) -> Workload.Outcome {
        let (source, destination) = unsafe (buffers.source, buffers.destination)
        return time(rounds, of: destination.count) {
            _ = producer.enqueueBurst(unsafe Span(_unsafeElements: source))
            var output = unsafe OutputSpan(buffer: destination, initializedCount: 0)
            let count = consumer.dequeueBurst(into: &output)
            _ = unsafe output.finalize(for: destination)
            return count == destination.count
        }
    }

    /// Moves a burst of packets through the ring and back, `rounds` times.
    @inline(never)
    static func sharedPacketsAround(
        _ producer: borrowing SharedRing<Packet>.SharedProducer,
        _ consumer: borrowing SharedRing<Packet>.SharedConsumer,
        _ burst: inout PacketBurst, rounds: Int
    ) -> Workload.Outcome {
        let count = burst.count
        return time(rounds, of: count) {
            _ = producer.enqueueBurst(&burst)
            return consumer.dequeueBurst(into: &burst) == count
        }
    }

    /// Enqueues bursts until `count` elements, at least, are in, and returns how many are.
    @inline(never)
    static func sharedProduce(
        _ producer: borrowing SharedRing<UInt64>.SharedProducer, _ source: UnsafeBufferPointer<UInt64>, count: Int
    ) -> Int {
        var sent = 0
        while sent < count {
            let number = producer.enqueueBurst(unsafe Span(_unsafeElements: source))
            if number == 0 { Lcore.pause() }
            sent &+= number
        }
        return sent
    }

    /// Dequeues bursts until `count` elements, at least, are out, and returns how many are.
    @inline(never)
    static func sharedConsume(
        _ consumer: borrowing SharedRing<UInt64>.SharedConsumer, _ destination: UnsafeMutableBufferPointer<UInt64>,
        count: Int
    ) -> Int {
        var received = 0
        while received < count {
            var output = unsafe OutputSpan(buffer: destination, initializedCount: 0)
            let number = consumer.dequeueBurst(into: &output)
            _ = unsafe output.finalize(for: destination)
            if number == 0 { Lcore.pause() }
            received &+= number
        }
        return received
    }
}
