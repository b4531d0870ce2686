import Foundation
import TestSupport
import Testing

/// The command line of the benchmarks, from end to end. What a cell's figures are is no matter here.
@Suite("Benchmarks", .fewAtOnce)
struct CommandLineTests {
    private static let cell = "one-cpu/burst/8B/ring=128/burst=8"

    /// Runs the program to its end, and returns what it wrote to standard output.
    private func output(_ arguments: [String]) async throws -> String {
        let program = try RunningProgram("Benchmarks", arguments)
        #expect(try await program.end() == 0, "\(program.errorText)")
        // No bar, since this is no terminal.
        #expect(program.errorText == "")
        return program.lines.joined(separator: "\n")
    }

    private func measure(_ filter: String, _ arguments: [String]) async throws -> String {
        try await output(["--quick", "--filter", filter] + arguments)
    }

    /// The only cell of a report in JSON.
    private func cell(_ json: String) throws -> [String: Any] {
        let report = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let cells = try #require(report["cells"] as? [[String: Any]])
        #expect(cells.count == 1)
        return try #require(cells.first)
    }

    @Test func theListHasAllSections() async throws {
        let names = try await output(["--list"]).split(separator: "\n")
        #expect(Set(names).count == names.count)
        for section in [
            "one-cpu/burst/4B", "one-cpu/burst/64B", "one-cpu/burst/8B/hts", "one-cpu/pool", "one-cpu/counters",
            "one-cpu/snapshot-read", "two-cpus/burst/8B/mp-mc", "two-cpus/round-trip", "two-processes/burst/8B",
            "two-processes/packets-through", "two-processes/round-trip", "attach/lookup/objects=1000",
            "client-server/both/clients=1", "client-server/server/clients=2", "client-server/client/clients=2",
        ] {
            #expect(names.contains { $0.hasPrefix(section) }, "\(section)")
        }
    }

    @Test func growthIsMeasuredWhenItIsNamed() async throws {
        #expect(!(try await output(["--list"])).contains("growth"))
        let names = try await output(["--list", "--filter", "^growth"]).split(separator: "\n")
        for name in ["lookup/objects=1000", "lookup-among-pools/pools=64", "burst/8B/ring=65536/burst=32"] {
            #expect(names.contains("growth/\(name)"), "\(name)")
        }
        let found = try cell(try await measure("^growth/burst/8B/ring=65536/burst=32$", ["--format", "json"]))
        #expect(try #require(found["nanoseconds"] as? Double) > 0)
        #expect(try #require(found["baselineNanoseconds"] as? Double) > 0)
    }

    @Test func aRunIsComparedWithAnEarlierOne() async throws {
        let json = try await measure("^\(Self.cell)$", ["--format", "json"])
        let found = try cell(json)
        #expect(try #require(found["ratio"] as? Double) > 0)
        #expect((found["key"] as? [String: Any])?["work"] as? String == "burst")

        let folder = try TestRun.makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("before.json")
        try json.write(to: file, atomically: true, encoding: .utf8)
        let table = try await measure("^\(Self.cell)$", ["--compare", file.path])
        let header = try #require(table.split(separator: "\n").first { $0.contains("ns/element") })
        #expect(header.hasSuffix("before   change"))
        #expect(table.split(separator: "\n").contains { $0.hasSuffix("%") && $0.hasPrefix("    128       8") })
    }

    @Test func aLineOfCSVHasAFieldForEachColumn() async throws {
        let lines = try await measure("one-cpu/(counter|pool-single)/", ["--format", "csv"]).split(separator: "\n")
        try #require(lines.count == 3)
        let columns = lines.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(Set(columns.map(\.count)).count == 1)
        let ratio = try #require(columns[0].firstIndex(of: "ratio"))
        for row in columns.dropFirst() { #expect(try #require(Double(row[ratio])) > 0) }
    }

    @Test func roundTripsBetweenTwoProcessesAreInOrder() async throws {
        let found = try cell(try await measure("two-processes/round-trip/8B", ["--format", "json"]))
        for side in ["latency", "baselineLatency"] {
            let latency = try #require(found[side] as? [String: Double])
            let parts = try ["p50", "p99", "p999", "max"].map { try #require(latency[$0]) }
            #expect(parts[0] > 0 && parts == parts.sorted(), "\(side): \(parts)")
        }
    }

    @Test func startsAreMeasuredBesideThoseInC() async throws {
        let found = try cell(try await measure("^attach/lookup/objects=2$", ["--format", "json"]))
        for part in ["nanoseconds", "baselineNanoseconds", "ratio"] {
            #expect(try #require(found[part] as? Double) > 0, "\(part)")
        }
        #expect((found["key"] as? [String: Any])?["burst"] as? Int == 1)
    }

    @Test func withoutCompilerOnlyThePairsAreLeftOut() async throws {
        let program = try RunningProgram(
            "Benchmarks", ["--quick", "--filter", "client-server|one-cpu/counter/"],
            under: ["/usr/bin/env", "PATH=/nowhere"])
        #expect(try await program.end() == 0, "\(program.errorText)")
        #expect(program.lines.contains { $0.hasPrefix("client-server is left out: DPDK's sources") })
        #expect(program.lines.contains { $0.contains("SharedCounter.add") })
    }

    @Test func thePlotHasALineForEachKind() async throws {
        let folder = try TestRun.makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("ratios.svg")
        _ = try await measure("one-cpu/(burst|bulk)/8B/ring=128/burst=(8|16)$", ["--plot", file.path])
        let svg = try String(contentsOf: file, encoding: .utf8)
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
        #expect(svg.contains("prefers-color-scheme: dark"))
        #expect(svg.split(separator: "<polyline ").count == 3)
    }

    @Test(arguments: [
        (["--first-slot", "128"], "no slot 128"), (["--cpus", "0,9999"], "may not run on CPU 9999"),
        (["--cpus", "zero"], "--cpus"), (["--filter", "("], "no regular expression"),
        (["--filter", "no such cell"], "--list shows the names"), (["--format", "xml"], "--format"),
        (["--compare", "/nowhere/before.json"], "cannot be read"),
        (["--plot", "/nowhere/plot.svg"], "cannot be written"),
        (["--format", "csv", "--compare", "/dev/null"], "--format table only"), (["everything"], "everything"),
    ])
    func aMistakeIsAnsweredWithASentence(arguments: [String], text: String) async throws {
        let program = try RunningProgram("Benchmarks", ["--quick"] + arguments)
        #expect(try await program.end() == 64)
        #expect(program.errorText.contains(text), "\(program.errorText)")
        #expect(program.lines == [])
    }
}
