import CDPDK
import Glibc

/// EAL's own locks, which lie in shared memory and stay taken when their holder dies.
let lockCommands: [String: Command] = [
    // `c-hold-locks`: takes the locks of memory, of the heap, of zones, of rings and of pools.
    "c-hold-locks": { _, _ in
        for lock in heldLocks { try call("\(lock)_lock") }
        // A zone for which the heap has to grow takes its locks, and waits for that of memory.
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { _ in
                var zone = unsafe cdpdk_memzone_view()
                _ = unsafe cdpdk_memzone_reserve("for ever", 256 << 20, -1, &zone)
                return nil
            }, nil)
        guard status == 0 else { throw Misuse("no thread") }
        return ""
    },
    // `c-release-locks`: the zone gets its memory then, and its locks become free.
    "c-release-locks": { _, _ in
        for lock in heldLocks { try call("\(lock)_unlock") }
        return ""
    },
    // What a process has taken during all of its start: the lock of memory, for reading.
    "c-read-memory": { _, _ in
        try call("rte_mcfg_mem_read_lock")
        return ""
    },
    "c-unread-memory": { _, _ in
        try call("rte_mcfg_mem_read_unlock")
        return ""
    },
    // `c-lock-heap DIRECTORY [broken]`: takes the lock of the first heap, and with `broken` has it say a wrong size.
    "c-lock-heap": { request, _ in
        let heap = unsafe try firstHeap(in: try request.word(0))
        unsafe heap.storeBytes(of: 1, as: UInt32.self)
        if request.words.contains("broken") { unsafe heap.storeBytes(of: 4711, toByteOffset: 136, as: UInt64.self) }
        return ""
    },
    "c-unlock-heap": { request, _ in
        unsafe try firstHeap(in: try request.word(0)).storeBytes(of: 0, as: UInt32.self)
        return ""
    },
    // `c-lock-zones DIRECTORY WORD`: takes the lock of the list of zones, with 2 for writing, with 4 for reading. With
    // 0 it is free again.
    "c-lock-zones": { request, _ in
        var length: UInt64 = 0
        guard let start = unsafe cdpdk_mapping_of(try request.word(0) + "/config", &length) else {
            throw Misuse("no configuration")
        }
        // It follows the magic number, the version, and the numbers of channels and ranks.
        unsafe start.storeBytes(of: try request.number(1, as: UInt32.self), toByteOffset: 16, as: UInt32.self)
        return ""
    },
    // `share-start DIRECTORY`: says that this process is starting in a group.
    "share-start": { request, _ in
        let file = unsafe cdpdk_lock_open(try request.word(0) + "/" + CDPDK_LOCK_FILE)
        return "\(cdpdk_lock_share(file, Int64(CDPDK_LOCK_BYTE_START)))"
    },
    // `take-gate DIRECTORY`: says that this process waits for all starts in a group to end.
    "take-gate": { request, _ in
        let file = unsafe cdpdk_lock_open(try request.word(0) + "/" + CDPDK_LOCK_FILE)
        return "\(cdpdk_lock_take(file, Int64(CDPDK_LOCK_BYTE_GATE)))"
    },
]

private let heldLocks = ["rte_mcfg_mem_write", "rte_mcfg_tailq_write", "rte_mcfg_mempool_write"]

/// EAL's first heap, whose name follows its lock and its lists.
private func firstHeap(in directory: String) throws -> UnsafeMutableRawPointer {
    var length: UInt64 = 0
    guard let start = unsafe cdpdk_mapping_of(directory + "/config", &length) else { throw Misuse("no configuration") }
    for offset in stride(from: 0, to: Int(length) - 192, by: 64) {
        let heap = unsafe start + offset
        let isHeap = "socket_".utf8.enumerated().allSatisfy {
            unsafe heap.load(fromByteOffset: 144 + $0, as: UInt8.self) == $1
        }
        if isHeap { return unsafe heap }
    }
    throw Misuse("there is no heap")
}

private func call(_ name: String) throws {
    typealias Function = @convention(c) () -> Void
    guard let function = unsafe dlsym(nil, name) else { throw Misuse("there is no function \(name)") }
    unsafe unsafeBitCast(function, to: Function.self)()
}
