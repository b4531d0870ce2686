import DPDKMultiProcess
import Glibc
import Testing

@Suite("What a failed start of EAL means")
struct EALFailureTests {
    private func code(_ number: CInt, _ log: String...) -> DPDKError.Code {
        EALFailure.error(RTEErrno(rawValue: number), log: log, EALArguments()).code
    }

    @Test func aLackOfPagesIsNoLackOfPermission() {
        // rte_eal_init sets EACCES for every failure of eal_hugepage_info_init.
        #expect(code(EACCES, "EAL: Cannot get hugepage information.") == .notEnoughHugepages)
        #expect(
            code(EACCES, "EAL: No free 2048 kB hugepages reported on node 0", "EAL: Cannot get hugepage information.")
                == .notEnoughHugepages)
        #expect(code(ENOMEM, "EAL: Cannot init memory") == .notEnoughHugepages)
        #expect(
            code(EACCES, "EAL: open() failed: Permission denied", "EAL: Cannot get hugepage information.")
                == .permissionDenied)
        #expect(code(EPERM, "EAL: Cannot init VFIO") == .permissionDenied)
    }

    @Test func anOptionThatEALRefuses() {
        let log = [
            "EAL: Detected CPU lcores: 2", "EAL: invalid parameters for --trace-mode",
            "EAL: Invalid 'command line' arguments.",
        ]
        let error = EALFailure.error(RTEErrno(rawValue: EINVAL), log: log, EALArguments())
        #expect(error.code == .malformedOption)
        #expect(error.message == "EAL refuses an option: invalid parameters for --trace-mode")
        #expect(error.log == log)
        // EAL itself logs nothing else about an unknown name.
        #expect(
            EALFailure.error(RTEErrno(rawValue: EINVAL), log: [log[0], log[2]], EALArguments()).message
                == "EAL refuses an option: Invalid 'command line' arguments")
        #expect(
            code(EINVAL, "EAL: Cannot create runtime directory", "EAL: Invalid 'command line' arguments.")
                == .initializationFailed)
        // Without -d, the library that failed is in DPDK's own folder of drivers.
        #expect(code(EINVAL, "EAL: /x is insecure", "EAL: Cannot init plugins") == .initializationFailed)
    }

    @Test func whatTheLogTells() {
        #expect(
            code(0, "EAL: Cannot create lock on '/x/config'. Is another primary process running?")
                == .primaryAlreadyRunning)
        #expect(code(EFAULT, "EAL: Cannot initialize tailq: RTE_ACL") == .versionMismatch)
        #expect(code(0, "EAL: Cannot mmap memory for rte_config") == .addressSpaceConflict)
        #expect(code(ENODEV, "EAL: something") == .initializationFailed)
    }
}
