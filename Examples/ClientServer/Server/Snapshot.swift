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
        @Nullable var process: String?
        let rx: UInt64
        let rxDrop: UInt64
        let tx: UInt64
        let txDrop: UInt64
        let unroutable: UInt64
        let inRing: Int
        let highWater: Int
        let ringCapacity: Int
    }

    /// Seconds since the server began to forward.
    let time: Double
    let ports: [Port]
    let clients: [Client]
}

/// A property that is written as null where there is no value, so that all lines have the same keys.
@propertyWrapper
struct Nullable<Value: Codable & Equatable>: Codable, Equatable {
    var wrappedValue: Value?

    init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    init(from decoder: any Decoder) throws {
        wrappedValue = try decoder.singleValueContainer().decode(Value?.self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

/// Adds numbers of many places up. Other processes wrote some of them, so the sum may be anything, and wraps around.
func sum<Places: Sequence>(of places: Places, _ number: (Places.Element) -> UInt64) -> UInt64 {
    places.reduce(0) { $0 &+ number($1) }
}
