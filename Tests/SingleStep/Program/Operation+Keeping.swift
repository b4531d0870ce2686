import DPDKMultiProcess
import SingleStepJudge

extension Operation {
    /// Calls of a driver that may keep packets: those that the sweep remembers are nobody else's. If some have reached
    /// the pool's ring, or the driver was in the middle of a packet of many segments, it remembers fewer.
    static func keeping(_ options: Options, isOnLcore: Bool) -> [Operation] {
        func transmit(
            _ name: String, mayLose: UInt32, gifts: [Gift] = [], prepare: @escaping (Child) -> Void
        ) -> Operation {
            Operation(
                name: "keeping transmit: \(name)", gifts: gifts, mayLose: isOnLcore ? mayLose : .max,
                prepare: { child in
                    prepare(child)
                    child.pad()
                }, run: { _ = $0.keepingTransmit.transmitBurst(&$0.burst) })
        }
        func receive(_ name: String, _ count: Int, prepare: @escaping (Child) -> Void = { _ in }) -> Operation {
            Operation(
                name: "keeping receive: \(name)", mayLose: 0, prepare: prepare,
                run: { _ = $0.keepingReceive.receiveBurst(into: &$0.burst, upTo: count) })
        }
        // What the lcore's cache of the other pool has is in doubt, too.
        let inOtherCache = UInt32(Objects.smallCacheSize * 3 / 2)
        return [
            transmit("one packet", mayLose: inOtherCache) { $0.allocate(1, from: $0.large) },
            transmit("a burst", mayLose: inOtherCache) { $0.allocate(12, from: $0.large) },
            transmit("an overflow", mayLose: .max) { child in
                child.allocate(12, from: child.large)
                child.fillCaches()
            },
            transmit("two pools", mayLose: .max) { $0.allocateMixed(8) },
            receive("1", 1),
            receive("16", 16),
            receive("more than the cache has", 60),
            receive("into a burst that holds some", 10) { $0.allocate(9, from: $0.large) },
        ]
            + Kind.all(options).map { kind in
                transmit(kind.name, mayLose: .max, gifts: kind.gifts) { $0.allocateMixed(4) }
            }
    }
}
