/// The options with which DPDK's environment, EAL, starts in this process: the group, lcores, memory and devices.
///
/// Set the properties in code, or read them from a command line. The library checks both before EAL starts.
///
///     var arguments = EALArguments()
///     arguments.filePrefix = "shop"
///     arguments.lcores = [LcoreAssignment(id: 3, cpus: [0])]
///     arguments.devices = ["net_null0"]
///     let process = try PrimaryProcess(arguments)
///
///     let arguments = try EALArguments(commandLine: CommandLine.arguments)
///
/// The corresponding C parameters are `argc` and `argv` of `rte_eal_init`.
public struct EALArguments: Hashable, Sendable {
    /// The program's name in DPDK's log. The default is the name of this process's executable.
    public var program: String

    /// The name of the group, the same in the primary and in the secondaries that attach to it (`--file-prefix`).
    ///
    /// The name is part of file names, so it has at most about 50 bytes, and neither `/` nor `%`. The default is `rte`.
    public var filePrefix: String

    /// The role of this process, nil if the command line does not say (`--proc-type`).
    public var role: Role?

    /// The lcores of this process, the main one included (`--lcores`, `-l`, `-c`).
    ///
    /// If nil, the lcores are `mainLcore` and `serviceLcores`, on the CPUs that the process may run on. If `mainLcore`
    /// is nil too, the library chooses an lcore id that no other process of the group has.
    public var lcores: [LcoreAssignment]?

    /// The lcore id of the thread that starts EAL, nil for the lowest id that runs no services (`--main-lcore`).
    public var mainLcore: Int?

    /// The lcore ids that run DPDK's services, nil for none (`-S`, `-s`). If `lcores` is set, they must be among them.
    public var serviceLcores: [Int]?

    /// The megabytes of hugepages to take at the start, nil to take hugepages only when they are needed (`-m`).
    public var memoryMegabytes: Int?

    /// The megabytes of hugepages to take at the start on each NUMA node (`--socket-mem`, `--numa-mem`).
    public var memoryMegabytesPerNode: [Int]?

    /// The most megabytes of hugepages to use on each NUMA node (`--socket-limit`, `--numa-limit`).
    public var memoryLimitMegabytesPerNode: [Int]?

    /// The virtual devices to create, each a driver's name with a number, then key=value pairs (`--vdev`).
    public var devices: [String]

    /// The only devices to use, as PCI addresses or names; all if empty (`-a`). It excludes `blockedDevices`.
    public var allowedDevices: [String]

    /// The devices not to use, as PCI addresses or names (`-b`).
    public var blockedDevices: [String] = []

    /// Whether EAL looks for PCI devices (`--no-pci` if false).
    public var usesPCI: Bool

    /// Drivers, or folders of drivers, to load in addition to DPDK's own driver folder (`-d`).
    public var driverPaths: [String] = []

    /// What DPDK logs, for instance `debug`, `lib.eal:info` or `pmd\..*,8` (`--log-level`).
    ///
    /// If empty, the log is silent, but an error carries the lines that explain it. Else the log goes to the handler of
    /// ``EALLog``, or to standard error if there is none.
    public var logLevels: [String]

    /// Whether DPDK opens its telemetry socket (`--no-telemetry` if false).
    public var usesTelemetry: Bool

    /// The lowest address for mapping shared memory, nil for DPDK's choice (`--base-virtaddr`).
    public var virtualBaseAddress: UInt?

    /// The folder for hugepage files, nil for the first hugetlbfs mount (`--huge-dir`).
    public var hugepageDirectory: String?

    /// How devices address memory, nil for DPDK's choice (`--iova-mode`).
    public var iovaMode: IOVAMode?

    /// The number of memory channels, 1 to 32, nil for DPDK's choice (`-n`).
    public var memoryChannelCount: Int?

    /// The number of memory ranks, 1 to 16, nil for DPDK's choice (`-r`).
    public var memoryRankCount: Int?

    /// Further options, each with its value in the same word: `--legacy-mem`, `--trace-dir=/tmp`.
    ///
    /// EAL gets options without a property here as they are. If EAL does not know one, the start fails, and from DPDK
    /// 25.11 on EAL ends the process. Options with a property set it, and options that exclude secondaries are refused.
    public var additionalOptions: [String]

    /// The application's own arguments, which follow `--` on the command line. EAL does not get them.
    public var applicationArguments: [String] = []

    /// Creates arguments. Each parameter sets the property of its name; the other properties have their defaults.
    ///
    /// Nothing is checked here, but by `validate()` and by the start of a process.
    public init(
        filePrefix: String = "rte", role: Role? = nil, lcores: [LcoreAssignment]? = nil, mainLcore: Int? = nil,
        memoryMegabytes: Int? = nil, devices: [String] = [], allowedDevices: [String] = [], usesPCI: Bool = true,
        logLevels: [String] = [], usesTelemetry: Bool = true, virtualBaseAddress: UInt? = nil,
        hugepageDirectory: String? = nil, additionalOptions: [String] = []
    ) {
        program = Self.name(of: CommandLine.arguments.first ?? "")
        self.filePrefix = filePrefix
        self.role = role
        self.lcores = lcores
        self.mainLcore = mainLcore
        self.memoryMegabytes = memoryMegabytes
        self.devices = devices
        self.allowedDevices = allowedDevices
        self.usesPCI = usesPCI
        self.logLevels = logLevels
        self.usesTelemetry = usesTelemetry
        self.virtualBaseAddress = virtualBaseAddress
        self.hugepageDirectory = hugepageDirectory
        self.additionalOptions = additionalOptions
    }

    /// The last part of a path.
    static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "dpdk" }
}
