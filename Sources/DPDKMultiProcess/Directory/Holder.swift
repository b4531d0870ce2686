/// The process that holds something, as one word of shared memory: its slot and the generation of that slot.
///
/// 0 stands for nobody, so the slot is stored one higher.
struct Holder: Hashable, Sendable {
    let word: UInt64

    init(slot: Int, generation: UInt32) {
        word = UInt64(slot + 1) << 32 | UInt64(generation)
    }

    /// Nil for a word that names nobody.
    init?(word: UInt64) {
        if word >> 32 == 0 { return nil }
        self.word = word
    }

    var slot: Int { Int(word >> 32) - 1 }
    var generation: UInt32 { UInt32(truncatingIfNeeded: word) }
}
