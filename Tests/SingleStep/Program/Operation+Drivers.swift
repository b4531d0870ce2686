import DPDKMultiProcess
import SingleStepJudge

extension Operation {
    static func free(_ options: Options) -> [Operation] {
        Kind.all(options).map { kind in
            Operation(
                name: "free: \(kind.name)", gifts: kind.gifts, mayLose: kind.mayLose,
                prepare: { child in
                    child.allocateMixed(4)
                    child.fillCaches()
                },
                run: { $0.burst.removeAll() })
        } + [
            Operation(
                name: "free: external buffers", mayLose: 1,
                prepare: { child in
                    child.allocate(3, from: child.large)
                    unsafe judge_attach_external(child.burst[1]._mbuf)
                },
                run: { $0.burst.removeAll() }),
            Operation(
                name: "linearize", gifts: [Gift(kind: JUDGE_CHAIN, pool: "small", size: 20, count: 1)],
                prepare: { $0.fillCaches() },
                run: { _ = $0.burst[0].linearize() }),
            Operation(
                name: "linearize: a segment that others have",
                gifts: [Gift(kind: JUDGE_CHAIN_SHARED, size: 4, count: 1)], mayLose: 3,
                prepare: { $0.fillCaches() },
                run: { _ = $0.burst[0].linearize() }),
        ]
    }

    // MARK: - Drivers

    /// Without a cache, all packets of a driver's call are in doubt.
    static func drivers(_ options: Options, isOnLcore: Bool) -> [Operation] {
        var all: [Operation] = []
        let devices: [(name: String, transmit: (Child) -> Void)] = [
            ("net_null", { _ = $0.nullTransmit.transmitBurst(&$0.burst) }),
            ("net_pcap", { _ = $0.pcapTransmit.transmitBurst(&$0.burst) }),
            ("net_tap", { _ = $0.tapTransmit.transmitBurst(&$0.burst) }),
        ]
        /// Drivers that do more take some 10 000 instructions and more for a burst.
        let isShort = !options.isLong && !isOnLcore
        func add(_ kind: Kind, prepare: @escaping (Child) -> Void) {
            for device in devices.prefix(isShort ? 1 : devices.count) {
                all.append(
                    Operation(
                        name: "\(device.name) transmit: \(kind.name)", gifts: kind.gifts,
                        mayLose: isOnLcore ? max(kind.mayLose, kind.inDoubt) : .max,
                        prepare: { child in
                            prepare(child)
                            child.pad()
                        }, run: device.transmit))
            }
        }
        func add(_ name: String, prepare: @escaping (Child) -> Void) {
            add(Kind(name: name, gifts: []), prepare: prepare)
        }
        add("one packet") { $0.allocate(1, from: $0.large) }
        add("a burst") { $0.allocate(12, from: $0.large) }
        add("a long burst") { $0.allocate(options.isLong ? 400 : 60, from: $0.large) }
        add("a burst longer than the cache") { $0.allocate(20, from: $0.small) }
        add("two pools") { $0.allocateMixed(8) }
        for kind in Kind.all(options) {
            add(kind) { child in
                child.allocateMixed(4)
                child.fillCaches()
            }
        }
        all.append(
            Operation(
                name: "net_null transmit: through a buffer", mayLose: isOnLcore ? 0 : .max,
                prepare: { $0.allocateMixed(13) },
                run: { child in
                    child.packet = try? child.burst.popLast()
                    if let packet = child.packet.take() { child.buffer.append(packet) }
                    child.buffer.append(from: &child.burst)
                    child.buffer.flush()
                }))
        all.append(
            Operation(
                name: "net_null transmit: external buffers", mayLose: isOnLcore ? 1 : .max,
                prepare: { child in
                    child.allocate(3, from: child.large)
                    unsafe judge_attach_external(child.burst[1]._mbuf)
                },
                run: { _ = $0.nullTransmit.transmitBurst(&$0.burst) }))
        // The kernel refuses a frame without a header.
        all.append(
            Operation(
                name: "net_tap transmit: refused", mayLose: isOnLcore ? 0 : .max,
                prepare: { child in
                    child.allocate(5, from: child.large)
                    child.pad()
                    _ = child.burst[3].trimEnd(55)
                },
                run: { _ = $0.tapTransmit.transmitBurst(&$0.burst) }))
        for count in [1, 20] {
            all.append(
                Operation(
                    name: "net_ring transmit and receive: \(count)",
                    gifts: [Gift(kind: JUDGE_CHAIN, size: 3, count: 1)],
                    prepare: { $0.allocate(count, from: $0.large) },
                    run: { child in
                        for _ in 0..<2 {
                            _ = child.ringTransmit.transmitBurst(&child.burst)
                            _ = child.ringReceive.receiveBurst(into: &child.burst, upTo: 7)
                            _ = child.ringReceive.receiveBurst(into: &child.burst)
                        }
                    }))
        }
        all.append(
            Operation(
                name: "net_ring receive: into a burst that was dequeued",
                prepare: { child in
                    child.passPackets(untilRingsAreApartBy: 3)
                    child.allocate(3, from: child.large)
                    _ = child.ringTransmit.transmitBurst(&child.burst)
                    child.allocate(5, from: child.large)
                    _ = child.producer.enqueueBurst(&child.burst)
                },
                run: { child in
                    _ = child.consumer.dequeueBurst(into: &child.burst)
                    _ = child.ringReceive.receiveBurst(into: &child.burst)
                }))
        let receivers: [(name: String, receive: (Child, Int) -> Void)] = [
            ("net_null", { _ = $0.nullReceive.receiveBurst(into: &$0.burst, upTo: $1) }),
            ("net_pcap", { _ = $0.pcapReceive.receiveBurst(into: &$0.burst, upTo: $1) }),
        ]
        func add(_ name: String, _ count: Int, prepare: @escaping (Child) -> Void = { _ in }) {
            for device in receivers.prefix(isShort ? 1 : receivers.count) {
                all.append(
                    Operation(
                        name: "\(device.name) receive: \(name)", mayLose: isOnLcore ? 0 : .max,
                        prepare: prepare, run: { device.receive($0, count) }))
            }
        }
        add("1", 1)
        add("16", 16)
        add("more than the cache has", 60)
        add("into a burst that holds some", 10) { $0.allocate(9, from: $0.large) }
        add("from a pool that is nearly empty", 20) { child in
            while child.large.allocateBulk(1, into: &child.other) {}
            child.other.removeFirst(5)
        }
        return all
    }
}
