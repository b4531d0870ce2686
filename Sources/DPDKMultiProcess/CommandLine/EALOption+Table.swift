extension EALOption {
    private static let everyVersion = DPDKVersion(22, 11)

    /// Every option of EAL on Linux, from DPDK 22.11 to 26.07.
    ///
    /// The corresponding C tables are `eal_long_options` up to 25.07 and `eal_option_list.h` from 25.11 on.
    package static let all: [EALOption] = devices + lcoreOptions + memory + group + logging + hardware

    private static let devices: [EALOption] = [
        .many(.allow, device, "--allow", "-a"),
        .many(.block, device, "--block", "-b"),
        .many(.vdev, "a driver's name and number, then key=value pairs, such as net_null0,size=64", "--vdev"),
        .many(.driverPath, "the path of a driver or of a folder of drivers", "-d", .later("--driver-path", 25, 11)),
        .flag(.noPCI, "--no-pci"),
        .flag(.autoProbing, .later("--auto-probing", 26, 7)),
        .flag(.noAutoProbing, .later("--no-auto-probing", 26, 7), .later("-A", 26, 7)),
        .one(.vfioInterrupt, "legacy, msi or msix", "--vfio-intr"),
        .one(.vfioToken, "a UUID", "--vfio-vf-token"),
        .flag(.createUIO, "--create-uio-dev"),
    ]

    private static let device = "a PCI address such as 0000:03:00.1 or a device's name, then key=value pairs"

    private static let lcoreOptions: [EALOption] = [
        .one(.lcores, "a map from lcores to CPUs such as 3@0 or (0-2)@1,4@(0,2)", "--lcores"),
        .one(.coreList, "a list of lcore ids such as 0,2-3", "-l"),
        .one(.coreMask, "a hexadecimal mask of lcore ids such as 0x5", "-c", .later("--coremask", 25, 11)),
        .one(.mainLcore, "an lcore id", "--main-lcore"),
        .one(
            .serviceList, "a list of lcore ids such as 0,2-3", "-S", .later("--service-corelist", 25, 11)),
        .one(
            .serviceMask, "a hexadecimal mask of lcore ids such as 0x5", "-s",
            .later("--service-coremask", 25, 11)),
        .one(
            .remapLcores, "an lcore id", optionalSince: everyVersion, .later("--remap-lcore-ids", 25, 11),
            .later("-R", 25, 11)),
    ]

    private static let memory: [EALOption] = [
        .one(.memorySize, "a number of megabytes, at least 1", "-m", .later("--memory-size", 25, 11)),
        .one(.memoryChannelCount, "a number from 1 to 32", "-n", .later("--memory-channels", 25, 11)),
        .one(.memoryRankCount, "a number from 1 to 16", "-r", .later("--memory-ranks", 25, 11)),
        .one(
            .nodeMemory, "megabytes for each NUMA node such as 512,0", "--socket-mem", .later("--numa-mem", 25, 7)),
        .one(
            .nodeLimits, "megabytes for each NUMA node such as 512,0", "--socket-limit",
            .later("--numa-limit", 25, 7)),
        .many(.pageSizeMemory, "a page size and a limit such as 2M:32G", .later("--pagesz-mem", 26, 7)),
        .one(.hugeDirectory, "the absolute path of a folder in a hugetlbfs", "--huge-dir"),
        .one(.hugeUnlink, "existing, always or never", optionalSince: everyVersion, "--huge-unlink"),
        .one(.hugeWorkerStack, "a number of kilobytes, at least 1", optionalSince: everyVersion, "--huge-worker-stack"),
        .one(.baseAddress, "a hexadecimal address such as 0x100000000", "--base-virtaddr"),
        .one(.iovaMode, "pa or va", "--iova-mode"),
        .flag(.inMemory, "--in-memory"),
        .flag(.legacyMemory, "--legacy-mem"),
        .flag(.matchAllocations, "--match-allocations"),
        .flag(.noHuge, "--no-huge"),
        .flag(.singleFileSegments, "--single-file-segments"),
    ]

    private static let group: [EALOption] = [
        .one(.filePrefix, "a name without '/' and '%'", "--file-prefix"),
        .one(.processType, "primary, secondary or auto", "--proc-type"),
        .flag(.noSharedConfiguration, "--no-shconf"),
        .flag(.telemetry, "--telemetry"),
        .flag(.noTelemetry, "--no-telemetry"),
        .one(.poolOperations, "the name of pool operations such as ring_mp_mc", "--mbuf-pool-ops-name"),
        .flag(.help, "--help", "-h"),
        .flag(.version, "-v", .later("--version", 25, 11)),
    ]

    private static let logging: [EALOption] = [
        .many(
            .logLevel, "a level from 1 to 8 or its name, after 'pattern:' or 'regexp,' where it is not for all",
            "--log-level"),
        .one(.logColor, "auto, always or never", optionalSince: everyVersion, .later("--log-color", 24, 11)),
        .one(
            .logTimestamp, "notime, reltime, delta, ctime or iso", optionalSince: everyVersion,
            .later("--log-timestamp", 24, 11)),
        .one(.syslog, "a facility such as daemon or local0", optionalSince: DPDKVersion(24, 11), "--syslog"),
        .many(.trace, "a regular expression", "--trace"),
        .one(.traceBuffer, "a size such as 64K or 1M", "--trace-bufsz"),
        .one(.traceDirectory, "the path of a folder", "--trace-dir"),
        .one(.traceMode, "overwrite or discard", "--trace-mode"),
    ]

    private static let hardware: [EALOption] = [
        .one(.simdWidth, "0, or a power of two from 64 to 32768", "--force-max-simd-bitwidth"),
        .flag(.noHPET, "--no-hpet"),
        .flag(.vmwareTSC, "--vmware-tsc-map"),
    ]
}
