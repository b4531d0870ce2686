import Glibc
import TestSupport
import Testing

@Suite("Forward", .fewAtOnce)
struct ForwardTests {
    private let group: ExampleGroup

    init() throws { group = try ExampleGroup(of: "Forward") }

    /// How many packets a worker has forwarded, by its own count.
    private func forwarded(_ worker: RunningProgram) throws -> Int {
        let words = try #require(worker.lines.last).split(separator: " ")
        #expect(words.dropFirst() == ["packets", "forwarded"])
        return try #require(Int(words[0]))
    }

    /// Starts a worker, and waits until it has the queue of the second port, which it takes last.
    private func worker(_ arguments: [String] = []) async throws -> RunningProgram {
        let worker = try group.start(arguments)
        try await worker.wait(for: "worker") { worker.lines.contains { $0.contains("Ctrl-C") } }
        return worker
    }

    @Test(arguments: ["net_null", "net_ring"], [SIGINT, SIGTERM])
    func theWorkerEndsBeforeItsPrimary(driver: String, number: CInt) async throws {
        let devices = ["--vdev=\(driver)0", "--vdev=\(driver)1"]
        let primary = try await group.primary(devices)
        // The same command works in both terminals.
        let worker = try await worker(number == SIGINT ? devices : [])
        try await Task.sleep(for: .milliseconds(100))
        primary.signal(number)
        #expect(try await worker.end() == 0)
        #expect(try await primary.end() == 0)
        // Nobody sends packets into the rings of net_ring, but net_null receives packets without end.
        #expect(try (forwarded(worker) > 0) == (driver == "net_null"))
        #expect(primary.errorText + worker.errorText == "")
        #expect(group.files == [])
    }

    @Test func theNextWorkerGoesOn() async throws {
        let primary = try await group.primary(["--vdev=net_null0", "--vdev=net_null1"])
        for number in [SIGINT, SIGKILL, SIGTERM] {
            let worker = try await worker()
            try await Task.sleep(for: .milliseconds(100))
            worker.signal(number)
            #expect(try await worker.end() == (number == SIGKILL ? -SIGKILL : 0))
            if number != SIGKILL { #expect(try forwarded(worker) > 0) }
        }
        primary.signal(SIGTERM)
        #expect(try await primary.end() == 0)
        #expect(group.files == [])
    }

    @Test func theWorkerEndsWhenItsPrimaryIsKilled() async throws {
        let primary = try await group.primary(["--vdev=net_null0", "--vdev=net_null1"])
        let worker = try await worker()
        primary.signal(SIGKILL)
        #expect(try await worker.end() == 0)
        #expect(group.files == [])
    }

    @Test func aSecondSignalEndsAPrimaryWhoseWorkerDoesNotLeave() async throws {
        let primary = try await group.primary(["--vdev=net_null0", "--vdev=net_null1"])
        let worker = try await worker()
        worker.signal(SIGSTOP)
        primary.signal(SIGINT)
        try await Task.sleep(for: .milliseconds(700))
        primary.signal(SIGINT)
        #expect(try await primary.end() == -SIGINT)
        worker.signal(SIGCONT)
        #expect(try await worker.end() == 0)
        #expect(group.files == [])
    }

    @Test func pingPassesBetweenTwoNamespaces() async throws {
        let taps = try await Namespaces()
        let primary = try await group.primary((0..<2).map { "--vdev=net_tap\($0),iface=\(taps.interface($0))" })
        let worker = try await worker()
        try await taps.take()
        // The first packets wait for ARP, so they are not counted.
        try await taps.ping(1, tries: 20)
        let report = try await taps.ping(20)
        #expect(report.contains("20 packets transmitted, 20 received"), "\(report)")
        primary.signal(SIGINT)
        #expect(try await worker.end() == 0)
        #expect(try await primary.end() == 0)
        #expect(try forwarded(worker) >= 42)
        #expect(group.files == [])
    }

    @Test(arguments: [
        ([], 1, "this process has no port"), (["--vdev=net_null0"], 1, "port 1: the ports are 0 (net_null0)"),
        (["--vdev=net_null0", "--vdve=net_null1"], 64, "--vdve"),
        (["--proc-type=secondary"], 1, "no primary with this file prefix"),
    ])
    func aMistakeIsAnsweredWithASentence(arguments: [String], status: CInt, text: String) async throws {
        let program = try group.start(arguments)
        #expect(try await program.end() == status)
        #expect(program.errorText.hasPrefix("Forward: ") && program.errorText.contains(text), "\(program.errorText)")
        #expect(program.lines == [] && group.files == [])
    }
}
