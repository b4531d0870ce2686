extension EALOption {
    /// Every option of EAL on Linux, from DPDK 22.11 to `newestVersion`.
    ///
    /// The corresponding C tables are `eal_long_options` up to 25.07 and `eal_option_list.h` from 25.11 on.
    package static let all = accepted + refused

    /// The options that are not refused.
    static let accepted = properties + others

    /// The newest version of DPDK whose options are in the table. A newer version may have more options.
    static let newestVersion = DPDKVersion(26, 7)

    private static let device = "a PCI address such as 0000:03:00.1 or a device's name, then key=value pairs"

    /// The options that set a property of `EALArguments`.
    private static let properties: [EALOption] = [
        Self("--file-prefix", use: .one("a name without '/' and '%'")),
        Self("--proc-type", use: .one("primary, secondary or auto")),
        Self("--lcores", use: .one("a map from lcores to CPUs such as 3@0 or (0-2)@1,4@(0,2)")),
        Self("-l", use: .one("a list of lcore ids such as 0,2-3")),
        Self("-c", .since(25, 11, "--coremask"), use: .one("a hexadecimal mask of lcore ids such as 0x5")),
        Self("--main-lcore", use: .one("an lcore id")),
        Self("-S", .since(25, 11, "--service-corelist"), use: .one("a list of lcore ids such as 0,2-3")),
        Self("-s", .since(25, 11, "--service-coremask"), use: .one("a hexadecimal mask such as 0x5")),
        Self("-m", .since(25, 11, "--memory-size"), use: .one("a number of megabytes, at least 1")),
        Self("-n", .since(25, 11, "--memory-channels"), use: .one("a number from 1 to 32")),
        Self("-r", .since(25, 11, "--memory-ranks"), use: .one("a number from 1 to 16")),
        Self("--socket-mem", .since(25, 7, "--numa-mem"), use: .one("megabytes by NUMA node such as 512,0")),
        Self("--socket-limit", .since(25, 7, "--numa-limit"), use: .one("megabytes by NUMA node such as 512,0")),
        Self("--huge-dir", use: .one("the absolute path of a folder in a hugetlbfs")),
        Self("--huge-unlink", use: .optional("existing")),
        Self("--base-virtaddr", use: .one("a hexadecimal address such as 0x100000000")),
        Self("--iova-mode", use: .one("pa or va")),
        Self("--vdev", use: .many("a driver's name with a number, then key=value pairs, as in net_null0,size=64")),
        Self("--allow", "-a", use: .many(device)),
        Self("--block", "-b", use: .many(device)),
        Self("-d", .since(25, 11, "--driver-path"), use: .many("the path of a driver or of a folder of drivers")),
        Self("--log-level", use: .many("a level from 1 to 8 or its name, for some logs after 'pattern:' or 'regexp,'")),
        Self("--no-pci"),
        Self("--no-telemetry"),
        Self("--help", "-h"),
    ]

    /// The options that EAL gets as they are; EAL checks their values.
    private static let others: [EALOption] =
        otherFlags.map { Self($0) } + [
            Self(.since(26, 7, "--auto-probing")),
            Self(.since(26, 7, "--no-auto-probing"), .since(26, 7, "-A")),
            Self("--force-max-simd-bitwidth", use: .one("0, or a power of two from 64 to 32768")),
            Self(.since(24, 11, "--log-color"), use: .optional("auto, always or never")),
            Self(.since(24, 11, "--log-timestamp"), use: .optional("notime, reltime, delta, ctime or iso")),
            Self("--mbuf-pool-ops-name", use: .one("the name of pool operations such as ring_mp_mc")),
            Self(.since(26, 7, "--pagesz-mem"), use: .many("a page size and a limit such as 2M:32G")),
            Self("--trace", use: .many("a regular expression")),
            Self("--trace-bufsz", use: .one("a size such as 64K or 1M")),
            Self("--trace-dir", use: .one("the path of a folder")),
            Self("--trace-mode", use: .one("overwrite or discard")),
            Self("-v", .since(25, 11, "--version")),
            Self("--vfio-intr", use: .one("legacy, msi or msix")),
            Self("--vfio-vf-token", use: .one("a UUID")),
        ]

    private static let otherFlags: [Name] = [
        "--create-uio-dev", "--legacy-mem", "--match-allocations", "--no-hpet", "--single-file-segments", "--telemetry",
        "--vmware-tsc-map",
    ]

    /// The options that exclude secondaries, and those that a process of a group cannot use.
    private static let refused: [EALOption] = [
        Self("--in-memory", use: .exclusive("all memory would be private to one process")),
        Self("--no-huge", use: .exclusive("memory outside hugepages is private to one process")),
        Self("--no-shconf", use: .exclusive("the group's configuration would be private to one process")),
        Self(
            "--huge-worker-stack",
            use: .refused(
                .malformedOption, "EAL would end the process if such a stack cannot be made",
                remedy: "Leave it out, and raise the stack size of all threads if needed (ulimit -s)")),
        Self(
            "--syslog",
            use: .refused(
                .malformedOption, "the library handles EAL's log, so syslog would get nothing",
                remedy: "Leave it out, and use --log-level to see the log on standard error")),
        Self(
            .since(25, 11, "--remap-lcore-ids"), .since(25, 11, "-R"),
            use: .refused(
                .malformedOption, "each process of the group needs its own lcore ids",
                remedy: "Leave it out, and name the ids with --lcores ID@CPU")),
    ]
}

extension EALOption.Use {
    /// The option is refused because no secondary could attach.
    static func exclusive(_ reason: String) -> Self {
        .refused(.excludesSecondaries, "no secondary could attach, because \(reason)", remedy: "Leave it out")
    }
}
