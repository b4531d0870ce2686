extension Key {
    /// The cells that show how cost grows. They are no part of a full run.
    static var growth: [Key] {
        func cells(_ work: Work, _ counts: [Int]) -> [Key] {
            counts.map { Key(place: .growth, work: work, burst: 1, count: $0) }
        }
        let rings = (7...16).map { Key(place: .growth, work: .burst, elementSize: 8, ring: 1 << $0, burst: 32) }
        return cells(.lookup, [2, 10, 100, 1_000]) + cells(.lookupAmongPools, [1, 4, 16, 64]) + rings
            + cells(.instructions, [1, 2, 4, 8, 16])
    }

    /// Whether the cell takes servers and clients.
    var takesPairs: Bool { place == .clientServer || work == .instructions }

    /// Whether the cell takes programs that attach.
    var takesStarts: Bool { work == .lookup || work == .lookupAmongPools }
}
