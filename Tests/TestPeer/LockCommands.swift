import CDPDK
import Glibc

/// EAL's own locks, which lie in shared memory and stay taken when their holder dies.
let lockCommands: [String: Command] = [
    // `c-hold-locks`: takes the locks of memory, of the heap, of zones, of rings and of pools, and never lets them go.
    "c-hold-locks": { _, _ in
        for name in ["rte_mcfg_mem_write_lock", "rte_mcfg_tailq_write_lock", "rte_mcfg_mempool_write_lock"] {
            typealias Lock = @convention(c) () -> Void
            guard let lock = unsafe dlsym(nil, name) else { throw Misuse("there is no function \(name)") }
            unsafe unsafeBitCast(lock, to: Lock.self)()
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
    }
]
