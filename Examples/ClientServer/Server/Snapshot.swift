import ClientServer
import DPDKMultiProcess

/// All numbers of one moment, as they are shown and written as JSON.
struct Snapshot: Codable, Equatable {
    struct Port: Codable, Equatable {
        let id: Int
        let name: String
        let address: String
        let rx: UInt64
        let tx: UInt64
        let missed: UInt64
    }

    struct Client: Codable, Equatable {
        let id: Int
        let process: String?
        let rx: UInt64
        let rxDrop: UInt64
        let tx: UInt64
        let txDrop: UInt64
        let unroutable: UInt64
        let inRing: Int
        let highWater: Int
        let ringCapacity: Int
    }

    let ports: [Port]
    let clients: [Client]
}
