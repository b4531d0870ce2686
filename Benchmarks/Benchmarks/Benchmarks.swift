import ArgumentParser
import CBaseline
import DPDKMultiProcess
import Foundation

/// The executable: measures the library beside DPDK's own functions in C, in the same run.
@main
struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks",
        abstract: "Measures the library beside DPDK's own inline functions in C, in turn, in the same run.",
        discussion: """
            Every figure is a ratio: C's time to the library's, so that above 1 the library is faster. Absolute times \
            depend on where a virtual machine's CPUs happen to be, and say little.

            Needs hugepages and the right to use them, and no option of DPDK's: it starts a group of its own and \
            leaves nothing behind. Build it optimised: swift run -c release Benchmarks
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @Option(help: "Bytes of an element: 8, 16 or 64. May be given several times.")
    var elementSize: [Int] = [8]

    @Option(help: "The CPUs, the measuring one first. Default: the first two that this process may run on.")
    var cpus: CPUList?

    @Option(
        help: ArgumentHelp(
            "The slot of the ring that each repetition begins with, 0 to 127.",
            discussion: """
                Bursts whose slots begin with a cache line are copied fastest, by the library above all. 1 shows the \
                other case.
                """))
    var firstSlot = 0

    @Option(help: "How the figures are shown: table, or json, which --compare reads.")
    var format: Format = .table

    @Flag(help: "Measure each cell more briefly: for a glance, not for a decision.")
    var quick = false

    @Option(
        help: ArgumentHelp(
            "Measure only cells whose name has a match of this regular expression.",
            discussion: "Names are like one-cpu/burst/8B/ring=1024/burst=32; --list shows them."))
    var filter: String?

    @Option(help: ArgumentHelp("Show the ratios of an earlier run beside these.", valueName: "json file"))
    var compare: String?

    @Flag(help: "Show the names of the cells, and measure nothing: this needs neither hugepages nor a release build.")
    var list = false

    func validate() throws {
        #if DEBUG
        if !list { throw ValidationError("Build it optimised: swift run -c release Benchmarks") }
        #endif
        for size in elementSize where !cbaseline_has_element_size(UInt32(clamping: size)) {
            throw ValidationError("An element of \(size) bytes is not among the sizes: 8, 16 and 64.")
        }
        guard (0..<128).contains(firstSlot) else {
            throw ValidationError("Every ring has the slots 0 to 127, and no slot \(firstSlot).")
        }
        let allowed = Machine.allowedCPUs
        for cpu in cpus?.numbers ?? [] where !allowed.contains(cpu) {
            throw ValidationError(
                "This process may not run on CPU \(cpu), only on \(allowed.map(String.init).joined(separator: ", ")).")
        }
        if let filter, (try? Regex(filter)) == nil {
            throw ValidationError("'\(filter)' is no regular expression.")
        }
        if compare != nil, format == .json { throw ValidationError("--compare goes with --format table only.") }
    }

    func run() throws {
        let cpus = cpus?.numbers ?? Array(Machine.allowedCPUs.prefix(2))
        let keys = try keys(onTwoCPUs: cpus.count > 1)
        if list {
            for key in keys { print(key) }
            return
        }
        let earlier = try compare.map(Report.init(fileAt:))
        cbaseline_remember_interrupts()
        let bench = try Bench(on: cpus, firstSlot: firstSlot)
        let report = Result { try measure(keys, on: bench) }
        try bench.primary.shutdown()
        switch format {
        case .table: print(try report.get().table(comparedWith: earlier), terminator: "")
        case .json: print(try report.get().json())
        }
        if cbaseline_was_interrupted() { throw BenchmarkError("interrupted: what had been measured is above") }
    }

    /// The cells that were asked for.
    private func keys(onTwoCPUs: Bool) throws -> [Key] {
        var keys = Key.all(elementSizes: elementSize, onTwoCPUs: onTwoCPUs)
        if let filter {
            let expression = try Regex(filter)
            keys.removeAll { $0.description.firstMatch(of: expression) == nil }
        }
        guard !keys.isEmpty else {
            throw ValidationError("No cell's name has a match of '\(filter ?? "")'; --list shows the names.")
        }
        return keys
    }

    private func measure(_ keys: [Key], on bench: Bench) throws -> Report {
        let ticks = Machine.measureTicksPerNanosecond()
        let worker = bench.primary.workers.first
        func roundTrip() throws -> Double? {
            try worker.map { try Machine.measureRoundTrip(with: $0, ticksPerNanosecond: ticks) }
        }
        var report = Report(
            quick: quick, firstSlot: firstSlot,
            machine: Machine(
                model: Machine.modelName, cpus: bench.cpus, ticksPerNanosecond: ticks,
                roundTripBefore: try roundTrip(), dpdk: "\(DPDKVersion.installed)"),
            cells: [])
        defer { Progress.clear() }
        for (number, key) in keys.enumerated() where !cbaseline_was_interrupted() {
            Progress.show("\(number + 1) of \(keys.count): \(key)")
            report.cells.append(try bench.workload(for: key).measure(quick: quick, ticksPerNanosecond: ticks))
        }
        report.machine.roundTripAfter = try roundTrip()
        return report
    }
}

/// Numbers of CPUs, separated by commas.
struct CPUList: ExpressibleByArgument {
    let numbers: [Int]

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(numbers.count), Set(numbers).count == numbers.count else { return nil }
        self.numbers = numbers.compactMap(\.self)
        guard self.numbers.count == numbers.count else { return nil }
    }
}
