extension DPDKError {
    /// The kind of a failure.
    ///
    /// It is a structure and not an enumeration so that later versions can add codes. A `switch` needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the code as Swift code spells it, for instance `notFound`.
        public let description: String
        private init(_ name: String) { description = name }
    }
}

// MARK: - Starting and stopping

extension DPDKError.Code {
    /// No hugepages are reserved.
    public static let noHugepages = Self("noHugepages")
    /// Hugepages are reserved, but too few of them are free.
    public static let notEnoughHugepages = Self("notEnoughHugepages")
    /// No hugetlbfs is mounted for the hugepages that are reserved.
    public static let hugetlbfsNotMounted = Self("hugetlbfsNotMounted")
    /// This user may not use the hugepages, the runtime directory or another resource.
    public static let permissionDenied = Self("permissionDenied")
    /// A secondary was started, but no primary has this file prefix.
    public static let noPrimary = Self("noPrimary")
    /// The primary has ended: a secondary was started, or needed something that only the primary can give.
    public static let primaryDead = Self("primaryDead")
    /// A secondary was started, but the primary ended before it had finished its own start.
    public static let primaryDiedWhileStarting = Self("primaryDiedWhileStarting")
    /// A secondary was started, but the primary did not finish its own start in time.
    public static let primaryStillStarting = Self("primaryStillStarting")
    /// A primary was started, but another live primary uses this file prefix.
    public static let primaryAlreadyRunning = Self("primaryAlreadyRunning")
    /// A primary was started, but secondaries of an earlier primary, which has ended, still run.
    public static let secondariesStillAttached = Self("secondariesStillAttached")
    /// The primary runs another version of DPDK, or has other DPDK libraries loaded.
    public static let versionMismatch = Self("versionMismatch")
    /// The group's configuration file was not written by DPDK.
    public static let groupCorrupted = Self("groupCorrupted")
    /// The options exclude secondary processes (`--in-memory`, `--no-huge`, `--huge-unlink`, `--no-shconf`).
    public static let excludesSecondaries = Self("excludesSecondaries")
    /// The command line asks for a primary and the program starts a secondary, or the reverse.
    public static let roleConflict = Self("roleConflict")
    /// The command line has an option that this version of DPDK does not know.
    public static let unknownOption = Self("unknownOption")
    /// An option's value is missing or malformed, or the option conflicts with another one or with this library.
    public static let malformedOption = Self("malformedOption")
    /// The command line has `--help`. EAL itself would print its options and end the process.
    public static let helpRequested = Self("helpRequested")
    /// The lcore id or CPU does not exist, or cannot be used for this purpose.
    public static let noSuchLcore = Self("noSuchLcore")
    /// Another live process of the group uses the lcore id.
    public static let lcoreInUse = Self("lcoreInUse")
    /// This process has already started EAL.
    public static let alreadyStarted = Self("alreadyStarted")
    /// This process has shut DPDK down. DPDK can be started once in a process.
    public static let shutDown = Self("shutDown")
    /// The shared memory could not be mapped at the same addresses as in the primary.
    public static let addressSpaceConflict = Self("addressSpaceConflict")
    /// A device that the command line names could not be started.
    public static let deviceFailed = Self("deviceFailed")
    /// EAL did not start. ``DPDKError/log`` says why.
    public static let initializationFailed = Self("initializationFailed")
    /// Another process did not release the group's set-up lock, or EAL's lock on the hugepages, in time; or the primary
    /// did not give memory in time.
    public static let setUpLockTimeout = Self("setUpLockTimeout")
}

// MARK: - Objects, claims and the registry

extension DPDKError.Code {
    /// The name is empty, too long for DPDK, reserved, or has control characters.
    public static let invalidName = Self("invalidName")
    /// An object of this name exists already.
    public static let nameTaken = Self("nameTaken")
    /// No object has this name.
    public static let notFound = Self("notFound")
    /// The object was created by a process that does not use this library, or is of another kind.
    public static let wrongKind = Self("wrongKind")
    /// The object was created for elements with another layout.
    public static let layoutMismatch = Self("layoutMismatch")
    /// The type cannot be shared between processes.
    public static let unsupportedType = Self("unsupportedType")
    /// A capacity, count or size is out of range.
    public static let invalidSize = Self("invalidSize")
    /// Another argument is out of range.
    public static let invalidArgument = Self("invalidArgument")
    /// The shared memory is used up.
    public static let outOfMemory = Self("outOfMemory")
    /// A live process already holds this end.
    public static let endpointInUse = Self("endpointInUse")
    /// The object has another mode: for instance, a ring for many producers has no exclusive producer.
    public static let wrongMode = Self("wrongMode")
    /// Something is still in use. The message names it, and `holders` are the processes that use it.
    public static let inUse = Self("inUse")
    /// The object was destroyed.
    public static let destroyed = Self("destroyed")
    /// A table of the shared registry is full.
    public static let registryFull = Self("registryFull")
    /// The shared registry holds data that this library did not write.
    public static let registryCorrupted = Self("registryCorrupted")
    /// A process was killed at an instant after which a part of the group cannot be used. The message names it.
    public static let groupDamaged = Self("groupDamaged")
    /// The shared registry was written by another version of this library.
    public static let registryVersionMismatch = Self("registryVersionMismatch")
}

// MARK: - Ports and lcores

extension DPDKError.Code {
    /// The port does not exist.
    public static let noSuchPort = Self("noSuchPort")
    /// The port has no such queue.
    public static let noSuchQueue = Self("noSuchQueue")
    /// The driver does not support this operation, or does not support it in a secondary.
    public static let unsupportedByDriver = Self("unsupportedByDriver")
    /// The primary configured the port after this process had attached, so this process cannot use its queues.
    public static let portConfiguredLater = Self("portConfiguredLater")
    /// The port is stopped. Queues can be taken only of a started port.
    public static let portStopped = Self("portStopped")
    /// The driver reported a failure.
    public static let portFailed = Self("portFailed")
    /// The lcore has a task that has not been joined.
    public static let lcoreBusy = Self("lcoreBusy")
}
