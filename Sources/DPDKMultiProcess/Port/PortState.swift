internal import CDPDK

/// What the registry says of a port beside the time of its configuration, in one word.
struct PortState: Hashable {
    /// Whether the primary has started it, and has not stopped it since.
    var isRunning = false
    /// What the configured numbers of descriptors were adjusted to; 0 where nobody with this library configured it.
    var receiveDescriptorCount: UInt16 = 0
    var transmitDescriptorCount: UInt16 = 0
}

extension PortState {
    fileprivate init(word: UInt64) {
        isRunning = word & 1 != 0
        receiveDescriptorCount = UInt16(truncatingIfNeeded: word >> 16)
        transmitDescriptorCount = UInt16(truncatingIfNeeded: word >> 32)
    }

    fileprivate var word: UInt64 {
        (isRunning ? 1 : 0) | UInt64(receiveDescriptorCount) << 16 | UInt64(transmitDescriptorCount) << 32
    }
}

extension Registry {
    /// Notes what a port is like now. The set-up lock is held.
    func note(_ state: PortState, of reference: ObjectReference) {
        unsafe cdpdk_store_release_64(&objectEntry(reference.index).pointee.port_state, state.word)
    }

    /// Notes that a port runs, or does not. The set-up lock is held.
    func note(isRunning: Bool, of reference: ObjectReference) {
        var state = portState(of: reference)
        state.isRunning = isRunning
        note(state, of: reference)
    }

    func portState(of reference: ObjectReference) -> PortState {
        unsafe PortState(word: cdpdk_load_acquire_64(&objectEntry(reference.index).pointee.port_state))
    }
}
