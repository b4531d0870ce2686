internal import CDPDK
internal import Glibc

/// An Ethernet port: a NIC, or a virtual device.
///
/// An `EthPort` is a handle: it can be copied and sent freely, and going out of scope changes nothing. The primary
/// configures, starts, stops and closes a port; every process may read about it and take queues of it, which are owned
/// ends: ``makeReceiveQueue(_:)``, ``makeTransmitQueue(_:)``. Everything here may be called from any thread: what
/// changes a port waits for what others of the group are just setting up, for ten seconds at most, and throws
/// `.setUpLockTimeout` then.
///
/// A secondary that attaches opens the files of a `net_pcap` port anew, so that one which the port writes (`tx_pcap=`)
/// is emptied: have such ports only in groups without secondaries.
///
///     let port = try EthPort(
///         configuring: "net_tap0", EthPort.Configuration(transmitQueueCount: 2), receivingInto: pool, in: primary)
///     try port.start(in: primary)
///     var queue = try port.makeReceiveQueue(0)
public struct EthPort: Sendable {
    /// The port's id, from 0 on (`port_id`).
    public let id: Int

    let attachment: Attachment
    let traits: DriverTraits

    /// The device's name, for instance `net_tap0`. The corresponding C function is `rte_eth_dev_get_name_by_port`.
    public var name: String { attachment.name }
}

// MARK: - Which there are

extension EthPort {
    /// The ids of the ports that there are, in rising order, without those that belong to another, as a bond's do.
    ///
    /// Empty after the shutdown. The corresponding C macro is `RTE_ETH_FOREACH_DEV`.
    public static func ids(in process: DPDKProcess) -> [Int] {
        all.map(Int.init)
    }

    fileprivate static var all: [UInt16] {
        let all = try? Member.whileRunning { _ in
            var all: [UInt16] = []
            var next = cdpdk_port_next(0)
            while next < cdpdk_port_max() {
                all.append(next)
                next = cdpdk_port_next(next + 1)
            }
            return all
        }
        return all ?? []
    }

    /// The id of the port with a device's name. Throws `.noSuchPort`.
    static func id(of name: String) throws(DPDKError) -> Int {
        let id = try Member.whileRunning { _ in unsafe cdpdk_port_by_name(name) }
        if id >= 0 { return Int(id) }
        throw .noSuchPort("port '\(name)'")
    }

    static func checked(_ id: Int) throws(DPDKError) -> UInt16 {
        let port = UInt16(exactly: id)
        let exists = try Member.whileRunning { _ in port.map(cdpdk_port_exists) ?? false }
        guard let port, exists else { throw .noSuchPort("port \(id)") }
        return port
    }
}

extension DPDKError {
    static func noSuchPort(_ what: String) -> DPDKError {
        let there = EthPort.all.compactMap { port in
            (try? EthPort.information(of: port)).map { "\(port) (\($0.name))" }
        }
        let message = there.isEmpty ? "this process has no port" : "the ports are \(there.joined(separator: ", "))"
        if Member.running?.primaryWasSilent ?? false {
            return DPDKError(
                .noSuchPort, what,
                message + "; its primary did not answer while it attached, so the virtual devices are not known here",
                remedy: "See whether the primary was stopped, and start this process anew when that goes on")
        }
        return DPDKError(
            .noSuchPort, what, message,
            remedy: there.isEmpty
                ? "Add a device, for instance --vdev=net_tap0, or bind a NIC; EAL's log has what it found, see EALLog"
                : "Choose one of them")
    }
}
