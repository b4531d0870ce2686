import DPDKMultiProcess

// MARK: - Regions

extension Loop {
    /// Adds to a counter, `rounds` times.
    @inline(never)
    static func counter(_ access: borrowing SharedRegion<SharedCounter>.Access, rounds: Int) -> Workload.Outcome {
        time(rounds, of: 1) {
            access.value.add(1)
            return true
        }
    }

    /// Adds to each of the counters, `rounds` times.
    @inline(never)
    static func counters<let count: Int>(
        _ counters: borrowing SharedRegion<CounterTable<count>>.Counters, rounds: Int
    ) -> Workload.Outcome {
        time(rounds, of: count) {
            for index in 0..<counters.count { counters.add(1, at: index) }
            return true
        }
    }

    /// Copies the value out, `rounds` times.
    @inline(never)
    static func readSnapshots<let count: Int>(
        _ access: borrowing SharedRegion<InlineArray<count, UInt64>>.Access, rounds: Int, sum: inout UInt64
    ) -> Workload.Outcome {
        var total: UInt64 = 0
        let outcome = time(rounds, of: 1) {
            let value = access.read()
            total &+= value[0] &+ value[count - 1]
            return true
        }
        sum = total
        return outcome
    }

    /// Copies the value in, `rounds` times, with the number of the round in its first and last words.
    @inline(never)
    static func writeSnapshots<let count: Int>(
        _ access: borrowing SharedRegion<InlineArray<count, UInt64>>.Access, rounds: Int
    ) -> Workload.Outcome {
        var value = access.read()
        var number: UInt64 = 0
        return time(rounds, of: 1) {
            value[0] = number
            value[count - 1] = number
            number &+= 1
            access.write(value)
            return true
        }
    }
}

/// Counters beside each other.
struct CounterTable<let count: Int>: SharedValue {
    var counts = InlineArray<count, UInt64>(repeating: 0)
}
