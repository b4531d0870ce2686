import CBaseline
import CDPDK
import DPDKMultiProcess

extension Bench {
    /// A cell of elements that go through one ring and come back through another: from this thread to the worker, or to
    /// the secondary.
    func roundTrips<Element: NumberedElement>(_ key: Key, of type: Element.Type) throws -> Workload {
        let (forth, rawForth) = unsafe try ring(of: Element.self, capacity: key.ring, suffix: "-forth")
        let (back, rawBack) = unsafe try ring(of: Element.self, capacity: key.ring, suffix: "-back")
        let size = UInt32(key.elementSize)
        return Workload(key: key) { [self] rounds in
            unsafe cbaseline_ring_restart(rawForth, firstSlot)
            unsafe cbaseline_ring_restart(rawBack, firstSlot)
            var producer = try forth.makeProducer(pacing: key.ringPacing)
            var consumer = try back.makeConsumer(pacing: key.ringPacing)
            if let partner, key.place == .twoProcesses {
                try partner.begin(Order(key: key, isBaseline: false, count: rounds))
                let outcome = unsafe outcome(of: rounds) { unsafe Loop.ping(&producer, &consumer, $0) }
                return outcome.checked(try partner.end() == rounds)
            }
            let gate = StartGate()
            let state = EchoState(
                producer: try back.makeProducer(pacing: key.ringPacing),
                consumer: try forth.makeConsumer(pacing: key.ringPacing))
            let task = try worker().run(consuming: state) { state in
                gate.wait()
                state.answered = Loop.echo(&state.producer, &state.consumer, count: rounds)
            }
            gate.open()
            let outcome = unsafe outcome(of: rounds) { unsafe Loop.ping(&producer, &consumer, $0) }
            return outcome.checked(task.join().answered == rounds)
        } baseline: { [self] rounds in
            unsafe cbaseline_ring_restart(rawForth, firstSlot)
            unsafe cbaseline_ring_restart(rawBack, firstSlot)
            func ping(_ ticks: UnsafeMutableBufferPointer<UInt32>) -> Int {
                let start = unsafe ticks.baseAddress.unsafelyUnwrapped
                return unsafe Int(cbaseline_ping(rawForth, rawBack, size, start, UInt64(rounds)))
            }
            if let partner, key.place == .twoProcesses {
                try partner.begin(Order(key: key, isBaseline: true, count: rounds))
                let outcome = unsafe outcome(of: rounds, ping)
                return outcome.checked(try partner.end() == rounds)
            }
            let gate = StartGate()
            let state = unsafe EchoBaselineState(forth: rawForth, back: rawBack)
            let task = try worker().run(consuming: state) { state in
                gate.wait()
                state.answered = unsafe Int(cbaseline_echo(state.forth, state.back, size, UInt64(rounds)))
            }
            gate.open()
            let outcome = unsafe outcome(of: rounds, ping)
            return outcome.checked(task.join().answered == rounds)
        }
    }

    /// What came of some trips; their time is that of the median one, so that the ratio of two repetitions is that of
    /// their medians.
    private func outcome(
        of rounds: Int, _ ping: (UnsafeMutableBufferPointer<UInt32>) -> Int
    ) -> Workload.Outcome {
        var done = 0
        let trips = unsafe [UInt32](unsafeUninitializedCapacity: rounds) { buffer, count in
            // The pages are there before the first trip.
            unsafe buffer.initialize(repeating: 0)
            done = unsafe ping(UnsafeMutableBufferPointer(rebasing: buffer[..<rounds]))
            count = rounds
        }.sorted()
        return Workload.Outcome(ticks: UInt64(trips[rounds / 2]) * UInt64(done), elements: done, trips: trips)
    }

    /// The secondary's side of it.
    func echo<Element: NumberedElement>(_ key: Key, of type: Element.Type) throws -> Assistance {
        let (forth, rawForth) = unsafe try ring(of: Element.self, capacity: key.ring, suffix: "-forth")
        let (back, rawBack) = unsafe try ring(of: Element.self, capacity: key.ring, suffix: "-back")
        return { order, gate in
            guard !order.isBaseline else {
                gate.wait()
                let size = UInt32(key.elementSize)
                return unsafe Int(cbaseline_echo(rawForth, rawBack, size, UInt64(order.count)))
            }
            var producer = try back.makeProducer(pacing: key.ringPacing)
            var consumer = try forth.makeConsumer(pacing: key.ringPacing)
            gate.wait()
            return Loop.echo(&producer, &consumer, count: order.count)
        }
    }
}
