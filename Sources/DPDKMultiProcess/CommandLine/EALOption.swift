/// One option of EAL's command line: its names, its value, and what becomes of it here.
package struct EALOption: Sendable {
    /// What an option is about, whatever its spelling.
    package enum Key: Hashable, Sendable {
        case allow, autoProbing, baseAddress, block, coreList, coreMask, createUIO, driverPath, filePrefix, help
        case hugeDirectory, hugeUnlink, hugeWorkerStack, inMemory, iovaMode, lcores, legacyMemory, logColor, logLevel
        case logTimestamp, mainLcore, matchAllocations, memoryChannelCount, memoryRankCount, memorySize, nodeLimits,
            nodeMemory
        case noAutoProbing, noHPET, noHuge, noPCI, noSharedConfiguration, noTelemetry, pageSizeMemory, poolOperations
        case processType, remapLcores, serviceList, serviceMask, simdWidth, singleFileSegments, syslog, telemetry
        case trace, traceBuffer, traceDirectory, traceMode, vdev, version, vfioInterrupt, vfioToken, vmwareTSC
    }

    /// A name, dashes included, and the first version of DPDK that knows it.
    package struct Name: Sendable {
        package let text: String
        package let since: DPDKVersion
    }

    /// Whether a value follows.
    package enum Value: Sendable {
        case none, required, optional
    }

    package let key: Key
    /// The names, the canonical one first.
    package let names: [Name]
    /// Whether a value follows, where nothing newer is known.
    private let value: Value
    /// The version from which on the value may be left out.
    private let optionalSince: DPDKVersion?
    /// What the value looks like, for messages: "a list of lcore ids such as 0,2-3".
    package let form: String
    /// Whether the option may come several times.
    package let repeats: Bool

    package func value(in version: DPDKVersion) -> Value {
        if let optionalSince, version.series >= optionalSince { return .optional }
        return value
    }
}

extension EALOption {
    /// An option without a value.
    static func flag(_ key: Key, _ names: Name...) -> Self {
        Self(key: key, names: names, value: .none, optionalSince: nil, form: "", repeats: true)
    }

    /// An option with a value, which may come once.
    static func one(_ key: Key, _ form: String, optionalSince: DPDKVersion? = nil, _ names: Name...) -> Self {
        Self(key: key, names: names, value: .required, optionalSince: optionalSince, form: form, repeats: false)
    }

    /// An option with a value, which may come as often as one likes.
    static func many(_ key: Key, _ form: String, _ names: Name...) -> Self {
        Self(key: key, names: names, value: .required, optionalSince: nil, form: form, repeats: true)
    }
}

extension EALOption.Name: ExpressibleByStringLiteral {
    /// A name that DPDK has had since 22.11 or longer.
    package init(stringLiteral text: String) { self.init(text: text, since: DPDKVersion(22, 11)) }

    static func later(_ text: String, _ year: UInt8, _ month: UInt8) -> Self {
        Self(text: text, since: DPDKVersion(year, month))
    }
}
