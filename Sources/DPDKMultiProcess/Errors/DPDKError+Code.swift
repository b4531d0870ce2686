extension DPDKError {
    /// The kind of a failure.
    ///
    /// A structure rather than an enumeration, so that later versions can add to it.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name, as it is spelt in Swift.
        public let description: String
        private init(_ name: String) { description = name }
    }
}

// MARK: - Starting and stopping

extension DPDKError.Code {
    /// No hugepages are reserved.
    public static let noHugepages = Self("noHugepages")
    /// Hugepages are reserved, but fewer of them are free than are needed.
    public static let notEnoughHugepages = Self("notEnoughHugepages")
    /// No hugetlbfs is mounted.
    public static let hugetlbfsNotMounted = Self("hugetlbfsNotMounted")
    /// The user may not use the hugepages, the runtime directory or another resource.
    public static let permissionDenied = Self("permissionDenied")
    /// A secondary was started, and there has been no primary of that file prefix.
    public static let noPrimary = Self("noPrimary")
    /// A secondary was started, and the primary of that file prefix has ended.
    public static let primaryDead = Self("primaryDead")
    /// A secondary was started, and the primary died in the middle of its own start.
    public static let primaryDiedWhileStarting = Self("primaryDiedWhileStarting")
    /// A secondary was started, and the primary did not finish its own start in time.
    public static let primaryStillStarting = Self("primaryStillStarting")
    /// A primary was started, and a live one has the file prefix already.
    public static let primaryAlreadyRunning = Self("primaryAlreadyRunning")
    /// A primary was started, and secondaries of an earlier, dead one still run.
    public static let secondariesStillAttached = Self("secondariesStillAttached")
    /// The primary runs another version of DPDK, or another set of its libraries.
    public static let versionMismatch = Self("versionMismatch")
    /// The group's configuration file holds something that DPDK does not write.
    public static let groupCorrupted = Self("groupCorrupted")
    /// The options exclude secondary processes (`--in-memory`, `--no-huge`, `--huge-unlink`, `--no-shconf`).
    public static let excludesSecondaries = Self("excludesSecondaries")
    /// The options ask for another kind of process than the one that is made.
    public static let roleConflict = Self("roleConflict")
    /// The command line has an option that DPDK does not know.
    public static let unknownOption = Self("unknownOption")
    /// An option's value is missing or malformed, or the option does not go with others or with this library.
    public static let malformedOption = Self("malformedOption")
    /// The command line has `--help`; EAL would print its options and end the process.
    public static let helpRequested = Self("helpRequested")
    /// There is no such lcore id or CPU, or it cannot be used for this.
    public static let noSuchLcore = Self("noSuchLcore")
    /// Another live process has the lcore id.
    public static let lcoreInUse = Self("lcoreInUse")
    /// This process has started EAL already.
    public static let alreadyStarted = Self("alreadyStarted")
    /// This process has started EAL before and shut it down, which DPDK allows once.
    public static let shutDown = Self("shutDown")
    /// Shared memory could not be mapped at the addresses at which the primary has it.
    public static let addressSpaceConflict = Self("addressSpaceConflict")
    /// A device that was asked for did not come up.
    public static let deviceFailed = Self("deviceFailed")
    /// EAL did not start; its log lines say why.
    public static let initializationFailed = Self("initializationFailed")
    /// The set-up lock of the group, or the lock that EAL takes on the hugepages, was not free in time.
    public static let setUpLockTimeout = Self("setUpLockTimeout")
}

// MARK: - Objects, claims and the registry

extension DPDKError.Code {
    /// The name is empty, too long for DPDK, or has characters that it cannot have.
    public static let invalidName = Self("invalidName")
    /// An object of that name exists already.
    public static let nameTaken = Self("nameTaken")
    /// There is no object of that name.
    public static let notFound = Self("notFound")
    /// The object was made by a process without this library, or is of another kind.
    public static let wrongKind = Self("wrongKind")
    /// The object was created with another layout of its elements.
    public static let layoutMismatch = Self("layoutMismatch")
    /// The type cannot be shared between processes.
    public static let unsupportedType = Self("unsupportedType")
    /// A capacity, count or size is outside its range.
    public static let invalidSize = Self("invalidSize")
    /// Another argument is outside its range.
    public static let invalidArgument = Self("invalidArgument")
    /// Shared memory is used up.
    public static let outOfMemory = Self("outOfMemory")
    /// A live process holds this end already.
    public static let endpointInUse = Self("endpointInUse")
    /// The object is of another mode, for instance a ring for many producers when an exclusive one is asked for.
    public static let wrongMode = Self("wrongMode")
    /// Something that is still in use prevents this; the message names it, and `holders` says whose it is.
    public static let inUse = Self("inUse")
    /// The object was destroyed.
    public static let destroyed = Self("destroyed")
    /// A table of the shared registry is full.
    public static let registryFull = Self("registryFull")
    /// The shared registry holds something that no version of this library writes.
    public static let registryCorrupted = Self("registryCorrupted")
    /// The shared registry was written by another version of this library.
    public static let registryVersionMismatch = Self("registryVersionMismatch")
}

// MARK: - Ports and lcores

extension DPDKError.Code {
    /// There is no such port.
    public static let noSuchPort = Self("noSuchPort")
    /// There is no such queue on the port.
    public static let noSuchQueue = Self("noSuchQueue")
    /// The driver cannot do this, or not from a secondary process.
    public static let unsupportedByDriver = Self("unsupportedByDriver")
    /// The primary configured the port after this process had attached, so this process does not know its queues.
    public static let portConfiguredLater = Self("portConfiguredLater")
    /// The port does not run, and queues are those of a port that runs.
    public static let portStopped = Self("portStopped")
    /// The driver refused.
    public static let portFailed = Self("portFailed")
    /// The lcore has a task that was not joined.
    public static let lcoreBusy = Self("lcoreBusy")
}
