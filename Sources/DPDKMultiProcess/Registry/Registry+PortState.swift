internal import CDPDK

/// What the registry has noted about a port besides the time of its configuration, in one word.
struct PortState: Hashable {
    /// Whether the primary has started the port and not stopped it since.
    var isRunning = false
    /// Properties of the port's driver, as `DriverTraits` says.
    var isDamagedByDeaths = false
    var releasesAtStop = false
    var hasNewMemoryAtStart = false
    /// The configured numbers of descriptors, adjusted to the device; 0 if no process with this library configured the
    /// port.
    var receiveDescriptorCount: UInt16 = 0
    var transmitDescriptorCount: UInt16 = 0
}

extension PortState {
    fileprivate init(word: UInt64) {
        isRunning = word & 1 != 0
        isDamagedByDeaths = word & 2 != 0
        releasesAtStop = word & 4 != 0
        hasNewMemoryAtStart = word & 8 != 0
        receiveDescriptorCount = UInt16(truncatingIfNeeded: word >> 16)
        transmitDescriptorCount = UInt16(truncatingIfNeeded: word >> 32)
    }

    fileprivate var word: UInt64 {
        (isRunning ? 1 : 0) | (isDamagedByDeaths ? 2 : 0) | (releasesAtStop ? 4 : 0) | (hasNewMemoryAtStart ? 8 : 0)
            | UInt64(receiveDescriptorCount) << 16 | UInt64(transmitDescriptorCount) << 32
    }
}

extension Registry {
    /// Notes the state of a port. The set-up lock is held.
    func note(_ state: PortState, of reference: ObjectReference) {
        unsafe cdpdk_store_release_64(&objectEntry(reference.index).pointee.port_state, state.word)
    }

    /// Notes whether a port runs. The set-up lock is held.
    func note(isRunning: Bool, of reference: ObjectReference) {
        var state = portState(of: reference)
        state.isRunning = isRunning
        note(state, of: reference)
    }

    /// Notes that a port was started, after a stop. The set-up lock is held.
    func noteStart(of reference: ObjectReference) {
        // What a secondary has mapped of such a port is of no use any more, as if it had been configured again.
        if portState(of: reference).hasNewMemoryAtStart {
            note(.at(cdpdk_monotonic_nanoseconds()), of: reference)
        }
        note(isRunning: true, of: reference)
    }

    /// Notes the pool that a port receives into. The set-up lock is held.
    func note(pool: OpaquePointer, of reference: ObjectReference) {
        unsafe cdpdk_store_release_64(&objectEntry(reference.index).pointee.pool, UInt64(UInt(bitPattern: pool)))
    }

    /// The address of the pool that a port receives into; 0 if it is not known.
    func pool(of reference: ObjectReference) -> UInt64 {
        unsafe cdpdk_load_acquire_64(&objectEntry(reference.index).pointee.pool)
    }

    func portState(of reference: ObjectReference) -> PortState {
        unsafe PortState(word: cdpdk_load_acquire_64(&objectEntry(reference.index).pointee.port_state))
    }
}
