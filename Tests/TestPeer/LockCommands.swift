import CDPDK
import Glibc

/// EAL's own locks, which lie in shared memory and stay taken when their holder dies.
let lockCommands: [String: Command] = [
    // `c-hold-locks`: takes the locks of memory, of the heap, of zones, of rings and of pools, and never lets them go.
    "c-hold-locks": { _, _ in
        for name in ["rte_mcfg_mem_write_lock", "rte_mcfg_tailq_write_lock", "rte_mcfg_mempool_write_lock"] {
            try call(name)
        }
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
    // What a process has taken during all of its start: the lock of memory, for reading.
    "c-read-memory": { _, _ in
        try call("rte_mcfg_mem_read_lock")
        return ""
    },
    "c-unread-memory": { _, _ in
        try call("rte_mcfg_mem_read_unlock")
        return ""
    },
    // `share-start DIRECTORY`: says that this process is starting in a group.
    "share-start": { request, _ in
        let file = unsafe cdpdk_lock_open(try request.word(0) + "/" + CDPDK_LOCK_FILE)
        return "\(cdpdk_lock_share(file, Int64(CDPDK_LOCK_BYTE_START)))"
    },
]

private func call(_ name: String) throws {
    typealias Function = @convention(c) () -> Void
    guard let function = unsafe dlsym(nil, name) else { throw Misuse("there is no function \(name)") }
    unsafe unsafeBitCast(function, to: Function.self)()
}
