/// How EAL, DPDK's environment, is started in this process: which group, which lcores, memory and devices.
///
/// Make one in code, or read it from a command line. Both are checked before DPDK sees them.
///
///     var arguments = EALArguments()
///     arguments.filePrefix = "shop"
///     arguments.lcores = [LcoreAssignment(id: 3, cpus: [0])]
///     arguments.devices = ["net_null0"]
///     let process = try PrimaryProcess(arguments)
///
///     let arguments = try EALArguments(commandLine: CommandLine.arguments)
///
/// The corresponding C function is `rte_eal_init`, which takes the same as `argc` and `argv`.
public struct EALArguments: Hashable, Sendable {
    /// The program's name in DPDK's log. The default is the name that the process was started by.
    public var program: String

    /// The name of the group: a primary and the secondaries that attach to it have the same (`--file-prefix`).
    ///
    /// It is part of the names of files: it has some 50 bytes at most, and neither `/` nor `%`. The default is `rte`.
    public var filePrefix: String

    /// The kind of process that is asked for, nil if the command line does not say (`--proc-type`).
    public var role: Role?

    /// The lcores of this process, the main one included (`--lcores`, `-l`, `-c`).
    ///
    /// If nil, they are `mainLcore` and `serviceLcores`, spread over the CPUs that the process may run on. If
    /// `mainLcore` is nil too, the library picks an lcore id that no other process of the group has.
    public var lcores: [LcoreAssignment]?

    /// The lcore id of the thread that starts EAL (`--main-lcore`); if nil, the lowest that runs no services.
    public var mainLcore: Int?

    /// The lcore ids that run DPDK's services, none if nil (`-S`, `-s`). They are among `lcores`, if that is stated.
    public var serviceLcores: [Int]?

    /// The megabytes of hugepages to take at the start, nil for as many as are needed later on (`-m`).
    public var memoryMegabytes: Int?

    /// The megabytes of hugepages to take at the start on each NUMA node (`--socket-mem`, `--numa-mem`).
    public var memoryMegabytesPerNode: [Int]?

    /// The megabytes of hugepages that each NUMA node may come to use (`--socket-limit`, `--numa-limit`).
    public var memoryLimitMegabytesPerNode: [Int]?

    /// The virtual devices to make, each a driver's name with a number and key=value pairs (`--vdev`).
    public var devices: [String]

    /// The only devices to use, PCI addresses or names (`-a`), all if empty. Not together with `blockedDevices`.
    public var allowedDevices: [String]

    /// The devices not to use, PCI addresses or names (`-b`).
    public var blockedDevices: [String] = []

    /// Whether PCI devices are looked for (`--no-pci` if false).
    public var usesPCI: Bool

    /// Drivers, or folders of drivers, to load beside those of DPDK's own folder (`-d`).
    public var driverPaths: [String] = []

    /// How much DPDK logs: `debug`, `lib.eal:info`, `pmd\..*,8` (`--log-level`).
    ///
    /// If empty, nothing is shown of the log: its last lines are kept for the errors that they explain. Otherwise it
    /// goes to standard error, or to the handler of ``EALLog``.
    public var logLevels: [String]

    /// Whether the primary answers at the telemetry socket (`--no-telemetry` if false).
    public var usesTelemetry: Bool

    /// The address from which on shared memory is mapped, nil for DPDK's choice (`--base-virtaddr`).
    public var virtualBaseAddress: UInt?

    /// The folder in which hugepage files are made, nil for the first hugetlbfs mount (`--huge-dir`).
    public var hugepageDirectory: String?

    /// How devices address memory, nil for DPDK's choice (`--iova-mode`).
    public var iovaMode: IOVAMode?

    /// The number of memory channels, 1 to 32, nil for DPDK's choice (`-n`).
    public var memoryChannelCount: Int?

    /// The number of memory ranks, 1 to 16, nil for DPDK's choice (`-r`).
    public var memoryRankCount: Int?

    /// Options that have no property here, with the value in the same word: `--legacy-mem`, `--trace-dir=/tmp`.
    ///
    /// EAL gets them as they are, also if the library does not know them. EAL ends the process over an option that it
    /// does not know from 25.11 on, and before that fails to start. Options that have a property count as if they
    /// were in it, and those that exclude secondaries are refused.
    public var additionalOptions: [String]

    /// The application's own arguments: what followed `--` on the command line. EAL does not see them.
    public var applicationArguments: [String] = []

    /// Makes arguments from values for the properties of the same names; the other properties have their defaults.
    ///
    /// Nothing is checked here. `validate()` and the start of EAL check all of it.
    public init(
        filePrefix: String = "rte", role: Role? = nil, lcores: [LcoreAssignment]? = nil, mainLcore: Int? = nil,
        memoryMegabytes: Int? = nil, devices: [String] = [], allowedDevices: [String] = [], usesPCI: Bool = true,
        logLevels: [String] = [], usesTelemetry: Bool = true, virtualBaseAddress: UInt? = nil,
        hugepageDirectory: String? = nil,
        additionalOptions: [String] = []
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
