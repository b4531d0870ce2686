internal import CDPDK

/// Fields of structures in shared memory, read and written as single words that other processes see whole.
extension UnsafeMutablePointer {
    /// The address of a stored property.
    private func word<Word>(_ field: KeyPath<Pointee, Word>) -> UnsafeMutablePointer<Word> {
        guard let offset = MemoryLayout<Pointee>.offset(of: field) else {
            preconditionFailure("\(field) is no stored property")
        }
        return unsafe (UnsafeMutableRawPointer(self) + offset).assumingMemoryBound(to: Word.self)
    }

    /// The address of a word of 64 bits, for compare-and-exchange.
    func address(of field: KeyPath<Pointee, UInt64>) -> UnsafeMutablePointer<UInt64> { unsafe word(field) }

    func acquire(_ field: KeyPath<Pointee, UInt32>) -> UInt32 { unsafe cdpdk_load_acquire_32(word(field)) }
    func acquire(_ field: KeyPath<Pointee, UInt64>) -> UInt64 { unsafe cdpdk_load_acquire_64(word(field)) }
    func relaxed(_ field: KeyPath<Pointee, UInt32>) -> UInt32 { unsafe cdpdk_load_relaxed_32(word(field)) }

    func release(_ value: UInt32, to field: KeyPath<Pointee, UInt32>) {
        unsafe cdpdk_store_release_32(word(field), value)
    }
    func release(_ value: UInt64, to field: KeyPath<Pointee, UInt64>) {
        unsafe cdpdk_store_release_64(word(field), value)
    }
    func relaxed(_ value: UInt32, to field: KeyPath<Pointee, UInt32>) {
        unsafe cdpdk_store_relaxed_32(word(field), value)
    }
}
