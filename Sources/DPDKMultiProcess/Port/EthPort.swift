internal import CDPDK
internal import Glibc

/// An Ethernet port: a NIC, or a virtual device.
///
/// An `EthPort` is a handle: it can be copied and passed to other threads, and nothing is changed at the end of its
/// scope. The primary configures, starts, stops and closes a port. Every process may ask for its information and take
/// queues of it, which are owned ends: ``makeReceiveQueue(_:)``, ``makeTransmitQueue(_:)``.
///
///     let port = try EthPort(
///         configuring: "net_tap0", EthPort.Configuration(transmitQueueCount: 2), receivingInto: pool, in: primary)
///     try port.start(in: primary)
///     var queue = try port.makeReceiveQueue(0)
///
/// Any thread may call everything here. What changes a port waits while others of the group set something up, for ten
/// seconds at most, and then throws `.setUpLockTimeout`.
///
/// A secondary that attaches opens the files of a `net_pcap` port anew, which empties a file that the port writes
/// (`tx_pcap=`). Use such ports only in groups without secondaries.
public struct EthPort: Sendable {
    /// The port's id, from 0 on (`port_id`).
    public let id: Int

    let attachment: Attachment
    let traits: DriverTraits

    /// The device's name, for instance `net_tap0`. The corresponding C function is `rte_eth_dev_get_name_by_port`.
    public var name: String { attachment.name }
}

// MARK: - Finding ports

extension EthPort {
    /// The ids of the ports, in ascending order, without those that belong to another port, such as a bond's.
    ///
    /// - Parameter process: This process.
    /// - Returns: The ids; none after the shutdown.
    ///
    /// Any thread may call this. The corresponding C macro is `RTE_ETH_FOREACH_DEV`.
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

    /// The id of the port with a device's name, or throws `.noSuchPort`.
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
                message
                    + "; the primary did not answer when this process attached, so its devices are not known here",
                remedy: "Check whether the primary is stopped, and restart this process when the primary runs")
        }
        return DPDKError(
            .noSuchPort, what, message,
            remedy: there.isEmpty
                ? "Add a device, for instance --vdev=net_tap0, or bind a NIC; EALLog shows which devices EAL found"
                : "Choose one of them")
    }
}
