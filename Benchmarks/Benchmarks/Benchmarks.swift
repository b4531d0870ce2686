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
        case table, json, csv
    }

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

    @Option(help: "How the figures are shown: table, csv, or json, which --compare reads.")
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

    @Option(
        help: ArgumentHelp("Draw the ratios by the size of a burst, a line for each kind.", valueName: "svg file"))
    var plot: String?

    @Flag(help: "Show the names of the cells, and measure nothing: this needs neither hugepages nor a release build.")
    var list = false

    @Flag(name: .customLong("as-secondary"), help: .private)
    var isSecondary = false

    /// How long a full run may take, in seconds, without its start: less than five minutes in all.
    private static let fullRun = 270.0
    /// How long a cell may take of it, in seconds, where there are few.
    private static let longestCell = 2.0

    private static var isOptimized: Bool {
        #if DEBUG
        false
        #else
        true
        #endif
    }

    func validate() throws {
        if isSecondary { return }
        guard list || quick || Self.isOptimized else {
            throw ValidationError("Build it optimised: swift run -c release Benchmarks")
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
        if let compare {
            guard format == .table else { throw ValidationError("--compare goes with --format table only.") }
            do {
                _ = try Report(fileAt: compare)
            } catch {
                throw ValidationError("\(error).")
            }
        }
        // Before the run, and not after all of it.
        if let plot, !Self.isWritable(plot) { throw ValidationError("'\(plot)' cannot be written.") }
        _ = try keys()
    }

    private static func isWritable(_ path: String) -> Bool {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        if unsafe files.fileExists(atPath: path, isDirectory: &isFolder) {
            return !isFolder.boolValue && files.isWritableFile(atPath: path)
        }
        return files.isWritableFile(atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    func run() throws {
        if isSecondary { return try Partner.assist() }
        var keys = try keys()
        if list {
            for key in keys { print(key) }
            return
        }
        let earlier = try compare.map(Report.init(fileAt:))
        cbaseline_remember_interrupts()
        let partner = keys.contains { $0.place == .twoProcesses } ? try Partner() : nil
        var leftOut: [String] = []
        /// Compiles programs in C. If that fails, the cells that take them are left out.
        func make<Made>(_ name: String, for takesIt: (Key) -> Bool, _ make: () throws -> Made) -> Made? {
            guard keys.contains(where: takesIt) else { return nil }
            do {
                return try make()
            } catch {
                leftOut.append("\(name) is left out: \(error)")
                keys.removeAll(where: takesIt)
                return nil
            }
        }
        let pairs = make("client-server", for: \.takesPairs) { try ClientServer(cpus: chosenCPUs) }
        defer { pairs?.remove() }
        let attach = make("attach", for: \.takesStarts) { try CPrograms.attach() }
        defer { attach?.remove() }
        var bench = try Bench(on: chosenCPUs, firstSlot: firstSlot, partner: partner)
        bench.pairs = pairs
        bench.attach = attach
        let report = Result { [bench, keys, leftOut] in try measure(keys, leftOut, on: bench) }
        partner?.leave()
        try bench.process.shutdown()
        let found = try report.get()
        switch format {
        case .table: print(found.table(comparedWith: earlier), terminator: "")
        case .json: print(try found.json())
        case .csv: print(found.csv(), terminator: "")
        }
        if let plot { try found.plot().write(toFile: plot, atomically: true, encoding: .utf8) }
        if cbaseline_was_interrupted() { throw BenchmarkError("interrupted: what had been measured is above") }
    }

    private var chosenCPUs: [Int] { cpus?.numbers ?? Array(Machine.allowedCPUs.prefix(2)) }

    /// The cells that were asked for.
    private func keys() throws -> [Key] {
        var keys = Key.all(onTwoCPUs: chosenCPUs.count > 1)
        if let filter {
            // Only when asked for by name.
            if filter.contains("growth"), chosenCPUs.count > 1 { keys += Key.growth }
            let expression = try Regex(filter)
            keys.removeAll { $0.description.firstMatch(of: expression) == nil }
        }
        guard !keys.isEmpty else {
            throw ValidationError("No cell's name has a match of '\(filter ?? "")'; --list shows the names.")
        }
        return keys
    }

    private func measure(_ keys: [Key], _ leftOut: [String], on bench: Bench) throws -> Report {
        let ticks = Machine.measureTicksPerNanosecond()
        let worker = bench.process.workers.first
        func roundTrip() throws -> Double? {
            try worker.map { try Machine.measureRoundTrip(with: $0, ticksPerNanosecond: ticks) }
        }
        var report = Report(
            quick: quick, unoptimized: Self.isOptimized ? nil : true, firstSlot: firstSlot,
            machine: Machine(
                model: Machine.modelName, cpus: bench.cpus, ticksPerNanosecond: ticks,
                roundTripBefore: try roundTrip(), dpdk: "\(DPDKVersion.installed)"),
            leftOut: leftOut, cells: [])
        defer { Progress.clear() }
        let begin = ContinuousClock.now
        var (isAttached, hasFailed) = (false, false)
        for (number, key) in keys.enumerated() where !cbaseline_was_interrupted() {
            if key.takesPairs, hasFailed { continue }
            Progress.show(number, of: keys.count, key)
            if key.place == .twoProcesses, !isAttached {
                try bench.partner?.attach(to: bench)
                isAttached = true
            }
            // What is left of the time beside the shares that cells have of their own, in equal parts.
            let shares = keys[number...].map { Effort.seconds(for: $0.place) }
            let left =
                Self.fullRun - (ContinuousClock.now - begin) / .seconds(1) - shares.compactMap(\.self).reduce(0, +)
            let others = shares.count { $0 == nil }
            let effort = Effort(
                for: key.place, isQuick: quick, seconds: min(Self.longestCell, max(0, left) / Double(max(1, others))))
            do {
                let workload = try bench.workload(for: key)
                report.cells.append(
                    try workload.measure(effort, ticksPerNanosecond: ticks) { bench.involuntarySwitches })
            } catch {
                guard key.takesPairs else { throw error }
                // Programs of others are no reason to lose what has been measured.
                report.leftOut.append("client-server is left out: \(error)")
                hasFailed = true
            }
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
