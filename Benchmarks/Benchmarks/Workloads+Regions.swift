import CBaseline
import DPDKMultiProcess

extension Bench {
    /// A cell of one counter with a cache line of its own.
    func counter(_ key: Key) throws -> Workload {
        let (region, raw) = unsafe try region("counter", SharedCounter())
        let word = unsafe raw.assumingMemoryBound(to: UInt64.self)
        return Workload(key: key) { rounds in
            let access = try region.makeAccess()
            let before = access.value.value
            let outcome = Loop.counter(access, rounds: rounds)
            return outcome.checked(access.value.value == before &+ UInt64(rounds))
        } baseline: { rounds in
            let access = try region.makeAccess()
            let before = access.value.value
            let outcome = unsafe cbaseline_counter(word, UInt64(rounds))
            return Workload.Outcome(outcome).checked(access.value.value == before &+ UInt64(rounds))
        }
    }

    /// A cell of counters beside each other.
    func counters<let count: Int>(_ key: Key, in type: CounterTable<count>.Type) throws -> Workload {
        let (region, raw) = unsafe try region("counters-\(count)", CounterTable<count>())
        let words = unsafe raw.assumingMemoryBound(to: UInt64.self)
        /// Whether each of the counters has risen by as many as there were rounds.
        func haveRisen(from before: CounterTable<count>, by rounds: Int) throws -> Bool {
            let after = try region.read()
            return after.counts.indices.allSatisfy { after.counts[$0] == before.counts[$0] &+ UInt64(rounds) }
        }
        return Workload(key: key) { rounds in
            let before = try region.read()
            let counters = try region.makeCounters(at: \.counts)
            return Loop.counters(counters, rounds: rounds).checked(try haveRisen(from: before, by: rounds))
        } baseline: { rounds in
            let before = try region.read()
            let outcome = unsafe cbaseline_counters(words, UInt32(count), UInt64(rounds))
            return Workload.Outcome(outcome).checked(try haveRisen(from: before, by: rounds))
        }
    }

    /// A cell of whole values that are copied out of a region, or into it.
    func snapshots<let count: Int>(_ key: Key, of type: InlineArray<count, UInt64>.Type) throws -> Workload {
        let (region, raw) = unsafe try region("snapshot-\(count)", InlineArray<count, UInt64>(repeating: 7))
        let words = unsafe raw.assumingMemoryBound(to: UInt64.self)
        let size = UInt32(key.elementSize)
        guard key.work == .snapshotRead else {
            /// Whether the last round's value is in the region.
            func isWritten(_ rounds: Int) throws -> Bool {
                let value = try region.read()
                let last = UInt64(rounds - 1)
                return value[0] == last && value[count - 1] == last
            }
            return Workload(key: key) { rounds in
                let access = try region.makeAccess()
                return Loop.writeSnapshots(access, rounds: rounds).checked(try isWritten(rounds))
            } baseline: { rounds in
                let outcome = unsafe cbaseline_snapshot_write(words, size, UInt64(rounds))
                return Workload.Outcome(outcome).checked(try isWritten(rounds))
            }
        }
        return Workload(key: key) { rounds in
            try region.write(InlineArray(repeating: 7))
            let access = try region.makeAccess()
            var sum: UInt64 = 0
            return Loop.readSnapshots(access, rounds: rounds, sum: &sum).checked(sum == UInt64(14 * rounds))
        } baseline: { rounds in
            try region.write(InlineArray(repeating: 7))
            var sum: UInt64 = 0
            let outcome = unsafe cbaseline_snapshot_read(words, size, UInt64(rounds), &sum)
            return Workload.Outcome(outcome).checked(sum == UInt64(14 * rounds))
        }
    }
}
