/// Which clients are there, in one word, by which the caretaker's thread tells the forwarding one.
struct Roll: RawRepresentable, Equatable {
    private(set) var rawValue: UInt32

    init(rawValue: UInt32 = 0) { self.rawValue = rawValue }

    /// Whether a client is there, so that packets are dealt to it.
    func has(_ client: Int) -> Bool { rawValue & 1 << UInt32(truncatingIfNeeded: client) != 0 }

    mutating func add(_ client: Int) { rawValue |= 1 << UInt32(client) }

    /// Whether there are processes without this library, each of which may take packets from any ring that no process
    /// of this library holds.
    var hasStrangers: Bool {
        get { rawValue >> 31 == 1 }
        set { rawValue = rawValue & ~(1 << 31) | (newValue ? 1 << 31 : 0) }
    }
}
