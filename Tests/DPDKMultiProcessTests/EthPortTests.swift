import DPDKMultiProcess
import TestSupport
import Testing

@Suite("Ports", .serialized, .fewAtOnce)
struct EthPortTests {
    @Test func portsAreFoundByNameAndId() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(devices: ["net_null0", "net_ring3"]) { primary in
                #expect(EthPort.ids(in: primary) == [0, 1])
                let null = try EthPort(lookingUp: "net_null0", in: primary)
                #expect(null.id == 0 && null.name == "net_null0")
                let ring = try EthPort(lookingUp: 1, in: primary)
                #expect(ring.id == 1 && ring.name == "net_ring3")
                let pool = try numberedPool(in: primary)
                for id in [-1, 2, 31, 32, 65_535, 65_536, .max, .min] {
                    let error = refusal(.noSuchPort) { _ = try EthPort(lookingUp: id, in: primary) }
                    check(error?.message.contains("0 (net_null0), 1 (net_ring3)") ?? false, "\(error as Any)")
                    refusal(.noSuchPort) { _ = try EthPort(configuring: id, receivingInto: pool, in: primary) }
                }
                for name in ["", "net_null", "net_null1", String(repeating: "x", count: 100)] {
                    let error = refusal(.noSuchPort) { _ = try EthPort(lookingUp: name, in: primary) }
                    check(error?.object, is: "port '\(name)'")
                    refusal(.noSuchPort) { _ = try EthPort(configuring: name, receivingInto: pool, in: primary) }
                }
            }
        }
    }

    @Test func aProcessWithoutPortsSaysSo() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                #expect(EthPort.ids(in: primary) == [])
                let error = refusal(.noSuchPort) { _ = try EthPort(lookingUp: "net_tap0", in: primary) }
                check(error?.message, is: "this process has no port")
                check(error?.remedy.contains("--vdev=") ?? false)
            }
        }
    }

    @Test func whatAPortIsAndCan() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(devices: ["net_null0", "net_ring0"]) { primary in
                let pool = try numberedPool(in: primary)
                let null = try EthPort(
                    configuring: "net_null0", EthPort.Configuration(receiveQueueCount: 2, transmitQueueCount: 3),
                    receivingInto: pool, in: primary)
                let information = try null.information()
                check("\(information.name) \(information.driver)", is: "net_null0 net_null")
                check([information.receiveQueueCount, information.transmitQueueCount], is: [2, 3])
                check(information.maximumReceiveQueueCount >= 3 && information.maximumTransmitQueueCount >= 3, "queues")
                check(information.mtu, is: 1500)
                check(information.mtuRange.contains(1500), "\(information.mtuRange)")
                // Its driver supports nothing else.
                check(information.isPromiscuous)
                refusal(.portFailed) { try null.setPromiscuous(false, in: primary) }
                #expect(information.receiveDescriptorRange.contains(1024))
                let other = try EthPort(lookingUp: "net_ring0", in: primary).information()
                #expect(other.driver == "net_ring" && other.address != information.address)
                #expect(information.address.description.split(separator: ":").count == 6)

                let link = try null.link()
                check("\(link.isUp) \(link.isFullDuplex) \(link.megabitsPerSecond ?? 0)", is: "false true 10000")
                try null.start(in: primary)
                #expect(try null.link().isUp)
                try null.start(in: primary)
                try null.stop(in: primary)
                #expect(try !null.link().isUp)
            }
        }
    }

    @Test func configurationsOutsideTheDevicesLimits() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(devices: ["net_ring0", "net_null0"]) { primary in
                let pool = try numberedPool(in: primary)
                func configure(_ change: (inout EthPort.Configuration) -> Void) throws {
                    var configuration = EthPort.Configuration()
                    change(&configuration)
                    _ = try EthPort(configuring: "net_ring0", configuration, receivingInto: pool, in: primary)
                }
                for count in [0, -1, 17, .max, .min] {
                    let error = refusal(.invalidArgument) { try configure { $0.receiveQueueCount = count } }
                    check(error?.message, is: "the number of receive queues is \(count)")
                    check(error?.remedy, is: "Choose 1 to 16, as the device allows")
                    refusal(.invalidArgument) { try configure { $0.transmitQueueCount = count } }
                }
                for count in [0, -1, 65_536, .max] {
                    refusal(.invalidArgument) { try configure { $0.receiveDescriptorCount = count } }
                    refusal(.invalidArgument) { try configure { $0.transmitDescriptorCount = count } }
                }
                for mtu in [0, -1, 45, 65_536, .max] { refusal(.invalidArgument) { try configure { $0.mtu = mtu } } }
                refusal(.noSuchQueue) { _ = try EthPort(lookingUp: 0, in: primary).makeReceiveQueue(0) }
                // The limits themselves are allowed, and the numbers of descriptors are adjusted.
                try configure { configuration in
                    configuration.receiveQueueCount = 16
                    configuration.transmitQueueCount = 16
                    configuration.receiveDescriptorCount = 1
                    configuration.transmitDescriptorCount = 65_535
                }
                #expect(try EthPort(lookingUp: 0, in: primary).information().receiveQueueCount == 16)
                // Configured again, with fewer.
                try configure { _ in }
                #expect(try EthPort(lookingUp: 0, in: primary).information().transmitQueueCount == 1)
                let port = try EthPort(lookingUp: 0, in: primary)
                try port.start(in: primary)
                // A running port cannot be configured again.
                let error = refusal(.inUse) { try configure { _ in } }
                check(error?.message, is: "the port runs")
                do {
                    // It still runs with its configuration.
                    let queue = try port.makeTransmitQueue(0)
                    check(queue.index, is: 0)
                }
                try port.stop(in: primary)
                try configure { $0.receiveQueueCount = 2 }
            }
        }
    }

    @Test func aPortWhoseConfigurationFailedIsNotUsed() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(devices: ["net_ring0"]) { primary in
                let pool = try numberedPool(in: primary)
                let port = try EthPort(configuring: "net_ring0", receivingInto: pool, in: primary)
                // Its driver cannot set the MTU, and then the queues are not set up again.
                let failing = EthPort.Configuration(receiveQueueCount: 2, mtu: 1400)
                for _ in 0..<2 {
                    let error = refusal(.portFailed) {
                        _ = try EthPort(configuring: "net_ring0", failing, receivingInto: pool, in: primary)
                    }
                    check(error?.message.contains("rte_eth_dev_set_mtu") ?? false)
                    for handle in [port, try EthPort(lookingUp: 0, in: primary)] {
                        let refused = refusal(.noSuchQueue) { _ = try handle.makeReceiveQueue(0) }
                        check(refused?.message, is: "the port's last configuration failed")
                        refusal(.noSuchQueue) { _ = try handle.makeTransmitQueue(0) }
                        refusal(.portFailed) { try handle.start(in: primary) }
                    }
                }
                _ = try EthPort(configuring: "net_ring0", receivingInto: pool, in: primary)
                try port.start(in: primary)
                let queue = try port.makeReceiveQueue(0)
                check(queue.index, is: 0)
            }
        }
    }

    @Test func promiscuousModeIsSetAndCleared() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(devices: ["net_ring0"]) { primary in
                let pool = try numberedPool(in: primary)
                let port = try EthPort(
                    configuring: "net_ring0", EthPort.Configuration(isPromiscuous: true), receivingInto: pool,
                    in: primary)
                #expect(try port.information().isPromiscuous)
                try port.setPromiscuous(false, in: primary)
                #expect(try !port.information().isPromiscuous)
                try port.setPromiscuous(true, in: primary)
                #expect(try port.information().isPromiscuous)
                _ = try EthPort(configuring: "net_ring0", receivingInto: pool, in: primary)
                #expect(try !port.information().isPromiscuous)
            }
        }
    }

    @Test func queuesAreHeldOneAtATime() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(devices: ["net_ring0"]) { primary in
                let pool = try numberedPool(in: primary)
                let port = try EthPort(
                    configuring: "net_ring0", EthPort.Configuration(receiveQueueCount: 2, transmitQueueCount: 1),
                    receivingInto: pool, in: primary)
                for index in [-1, 2, .max, .min] {
                    let error = refusal(.noSuchQueue) { _ = try port.makeReceiveQueue(index) }
                    check(error?.remedy.contains("0 to 1") ?? false)
                }
                refusal(.noSuchQueue) { _ = try port.makeTransmitQueue(1) }
                refusal(.portStopped) { _ = try port.makeReceiveQueue(0) }
                refusal(.portStopped) { _ = try port.makeTransmitQueue(0) }
                try port.start(in: primary)
                do {
                    let queue = try port.makeReceiveQueue(1)
                    check(queue.portID == 0 && queue.index == 1)
                    let again = refusal(.endpointInUse) { _ = try port.makeReceiveQueue(1) }
                    check(again?.holders, is: [primary.identity])
                    check(again?.object, is: "receive queue 1 of port 'net_ring0'")
                    let other = try port.makeReceiveQueue(0)
                    let transmit = try port.makeTransmitQueue(0)
                    check(other.index == 0 && transmit.index == 0 && transmit.portID == 0)
                    refusal(.endpointInUse) { _ = try port.makeTransmitQueue(0) }
                    for attempt in [
                        { try port.stop(in: primary) }, { try port.close(in: primary) },
                        { _ = try EthPort(configuring: 0, receivingInto: pool, in: primary) },
                    ] {
                        let error = refusal(.inUse, attempt)
                        check(error?.holders, is: [primary.identity])
                    }
                    check(try port.link().isUp)
                    refusal(.inUse) { try primary.shutdown() }
                }
                let queue = try port.makeReceiveQueue(1)
                check(queue.index, is: 1)
            }
        }
    }

    @Test func aClosedPortIsGone() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(devices: ["net_null0", "net_null1"]) { primary in
                let pool = try numberedPool(in: primary)
                let port = try EthPort(configuring: "net_null1", receivingInto: pool, in: primary)
                let copy = port
                try port.start(in: primary)
                try port.close(in: primary)
                #expect(EthPort.ids(in: primary) == [0])
                #expect(port.name == "net_null1" && port.id == 1)
                for attempt in [
                    { _ = try copy.information() }, { _ = try port.link() }, { _ = try port.statistics() },
                    { try port.start(in: primary) }, { try port.stop(in: primary) }, { try port.close(in: primary) },
                    { try port.resetStatistics(in: primary) }, { try port.setPromiscuous(true, in: primary) },
                    { _ = try port.makeReceiveQueue(0) }, { _ = try copy.makeTransmitQueue(0) },
                ] {
                    refusal(.noSuchPort, attempt)
                }
            }
        }
    }

    @Test func aPoolThatAPortReceivesIntoStays() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(devices: ["net_null0"]) { primary in
                let first = try numberedPool(in: primary)
                let second = try PacketPool(
                    creating: "second", capacity: 15, dataRoom: 2_176, cacheSize: 0, in: primary)
                let port = try EthPort(configuring: "net_null0", receivingInto: first, in: primary)
                try port.start(in: primary)
                let error = refusal(.inUse) { try first.destroy(in: primary) }
                check(error?.description.contains("net_null0") ?? false, "\(error as Any)")
                try port.stop(in: primary)
                refusal(.inUse) { try first.destroy(in: primary) }
                // With another pool, the port no longer uses the first one.
                _ = try EthPort(configuring: "net_null0", receivingInto: second, in: primary)
                try first.destroy(in: primary)
                try port.start(in: primary)
                do {
                    var queue = try port.makeReceiveQueue(0)
                    var burst = try PacketBurst(capacity: 8, in: primary)
                    check(queue.receiveBurst(into: &burst), is: 8)
                    check(second.inUseCount, is: 8)
                }
                refusal(.inUse) { try second.destroy(in: primary) }
                try port.close(in: primary)
                try second.destroy(in: primary)
            }
        }
    }

    @Test func countersCountAndAreReset() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(devices: ["net_null0,size=100"]) { primary in
                let pool = try numberedPool(in: primary)
                let port = try EthPort(configuring: "net_null0", receivingInto: pool, in: primary)
                try port.start(in: primary)
                var receiving = try port.makeReceiveQueue(0)
                var sending = try port.makeTransmitQueue(0)
                var burst = try PacketBurst(capacity: 32, in: primary)
                // Its driver makes packets of 100 bytes.
                check(receiving.receiveBurst(into: &burst, upTo: 20), is: 20)
                check(burst.count, is: 20)
                check(burst[19].length, is: 100)
                check(burst[0].port, is: 0)
                check(receiving.receiveBurst(into: &burst), is: 12)
                check(receiving.receiveBurst(into: &burst), is: 0)
                for limit in [0, -1, .min] { check(receiving.receiveBurst(into: &burst, upTo: limit), is: 0) }
                burst.removeFirst(2)
                check(sending.transmitBurst(&burst), is: 30)
                check(burst.isEmpty && sending.transmitBurst(&burst) == 0)
                check(pool.inUseCount, is: 0)
                var statistics = try port.statistics()
                check([statistics.receivedPackets, statistics.transmittedPackets], is: [32, 30])
                check(statistics.missedPackets == 0 && statistics.transmitErrors == 0)
                try port.resetStatistics(in: primary)
                statistics = try port.statistics()
                check(
                    statistics.receivedPackets == 0 && statistics.transmittedPackets == 0
                        && statistics.transmittedBytes == 0)
                check(receiving.receiveBurst(into: &burst, upTo: .max), is: 32)
                check(try port.statistics().receivedPackets, is: 32)
            }
        }
    }
}
