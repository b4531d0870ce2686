import DPDKMultiProcess
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Shutdowns while others use the group", .fewAtOnce)
struct ShutdownTests {
    @Test func aPrimaryLeavesItsFilesToACProcess() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let foreign = try await group.foreign()
        try await primary.ask("shutdown")
        #expect(group.files.count >= 2)
        let refusal = try await group.refusal(of: "primary")
        #expect(refusal == .secondariesStillAttached && refusal.pids == [foreign.pid])
        try await foreign.kill()
        try await group.primary().shutdown()
        #expect(group.files == [])
    }

    @Test func aPrimaryRemovesNoFileOfAGroupWhoseNameBeginsWithItsOwn() async throws {
        let group = try EALGroup()
        let other = group.filePrefix + "map_1"
        defer { TestRun.removeFiles(of: other) }
        let neighbour = try group.idle()
        try await neighbour.ask("start primary --file-prefix=\(other) --no-pci --lcores=0@0")
        let files = TestRun.files(of: other)
        #expect(files.count >= 2)
        try await group.primary().shutdown()
        #expect(TestRun.files(of: other) == files)
        try await neighbour.shutdown()
        #expect(TestRun.files(of: other) == [])
    }

    @Test func aSecondaryGivesBackWhatItsLcoresKeep() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-pool p 63 cache=32")
        let secondary = try await group.secondary()
        for line in ["look-up-pool p", "burst b 63", "allocate p 48 b", "drop burst b"] {
            try await secondary.ask(line)
        }
        try await primary.ask("burst all 63")
        #expect(try await primary.ask("allocate p 63 all") == "none")
        try await secondary.shutdown()
        #expect(try await primary.ask("allocate p 63 all") == "63")
    }

    @Test(arguments: ["shutdown", "kill"])
    func theLastSecondaryTakesTheFilesAlong(end: String) async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondaries = [try await group.secondary(), try await group.secondary()]
        if end == "kill" { try await primary.kill() } else { try await primary.shutdown() }
        try await secondaries[0].shutdown()
        // The other process still uses the memory, and the process that lives on is no longer attached.
        #expect(group.files.count >= 2)
        try await secondaries[1].ask("shutdown")
        #expect(group.files == [])
        try await group.primary().shutdown()
        #expect(group.files == [])
    }

    @Test func aSecondaryLeavesTheFilesToItsPrimaryAndToCProcesses() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await secondary.shutdown()
        #expect(group.files.count >= 2)
        let last = try await group.secondary()
        let foreign = try await group.foreign()
        try await primary.shutdown()
        try await last.shutdown()
        #expect(group.files.count >= 2)
        try await foreign.kill()
        try await group.primary().shutdown()
        #expect(group.files == [])
    }

    @Test func aPrimaryThatLivesOnHasNoLcores() async throws {
        let group = try EALGroup()
        let first = try await group.primary("--lcores=(5,7)@0")
        let secondary = try await group.secondary()
        try await first.ask("shutdown")
        try await secondary.ask("shutdown")
        let second = try await group.primary("--lcores=(5,7)@0")
        #expect(try await second.ask("lcores") == "5 7")
        try await second.ask("shutdown")
        #expect(group.files == [])
    }

    @Test func theControlThreadKeepsOffTheLcores() async throws {
        let group = try EALGroup()
        let all = try await cpus(of: "TestPeer", in: group.idle().pid)
        let first = try #require(all.first)
        let primary = try await group.primary("--lcores=0@\(first)")
        #expect(try await cpus(of: "dpdkmp-control", in: primary.pid) == (all.count > 1 ? Array(all.dropFirst()) : all))
        // If there is no other CPU, it may run on all.
        try await primary.shutdown()
        let everywhere = all.map { "\($0)@\($0)" }.joined(separator: ",")
        let second = try await group.primary("--lcores=\(everywhere)")
        #expect(try await cpus(of: "dpdkmp-control", in: second.pid) == all)
    }

    /// The CPUs that a thread of a process may run on.
    private func cpus(of thread: String, in pid: pid_t) async throws -> [Int] {
        for _ in 0..<200 {
            for task in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task") {
                let folder = "/proc/\(pid)/task/\(task)"
                guard let name = try? String(contentsOfFile: folder + "/comm", encoding: .utf8),
                    name.hasPrefix(thread),
                    let status = try? String(contentsOfFile: folder + "/status", encoding: .utf8),
                    let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed_list:") }),
                    let list = LcoreGrammar.list(String(line.dropFirst("Cpus_allowed_list:".count + 1)))
                else { continue }
                return list
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Missing(what: "thread \(thread)")
    }

    @Test func theRefusalNamesWhatIsOut() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(devices: ["net_null0"], lcores: 2) { primary in
                let pool = try PacketPool(creating: "p", capacity: 63, dataRoom: 512, cacheSize: 0, in: primary)
                let port = try EthPort(configuring: "net_null0", receivingInto: pool, in: primary)
                try port.start(in: primary)
                let ring = try SharedRing<UInt64>(creating: "ticks", capacity: 7, in: primary)
                let region = try SharedRegion<UInt64>(creating: "total", initial: 0, in: primary)
                func expect(_ name: String, _ sourceLocation: SourceLocation = #_sourceLocation) {
                    let error = refusal(.inUse) { try primary.shutdown() }
                    check(
                        error?.message ?? "", is: "this process still has \(name)", sourceLocation: sourceLocation)
                    check(error?.holders == [primary.identity] && error?.remedy.contains("`run`") == true)
                }
                do {
                    let producer = try ring.makeProducer()
                    let queue = try port.makeReceiveQueue(0)
                    expect("producer of ring 'ticks'; receive queue 0 of port 'net_null0'")
                    _ = consume producer
                    _ = consume queue
                }
                do {
                    let access = try region.makeAccess()
                    expect("access to region 'total'")
                    _ = consume access
                    let first = try PacketBurst(capacity: 8, in: primary)
                    let second = try PacketBurst(capacity: 8, in: primary)
                    expect("2 packet bursts")
                    _ = consume first
                    _ = consume second
                }
                do {
                    let task = try primary.workers[0].run(consuming: 0) { _ in usleep(300_000) }
                    expect("lcore 1, which runs a task")
                    _ = task.join()
                }
            }
        }
    }

    @Test func nothingComesBetweenTheLookAndTheEnd() async {
        await #expect(processExitsWith: .success) {
            let arguments = EALArguments(
                filePrefix: "dpdkmp_\(getpid())_shutdown", lcores: [LcoreAssignment(id: 0, cpus: [0])], usesPCI: false,
                usesTelemetry: false)
            let primary = try PrimaryProcess(arguments)
            defer { TestRun.removeFiles(of: primary.filePrefix) }
            let ring = try SharedRing<UInt64>(creating: "ticks", capacity: 7, in: primary)
            let pool = try PacketPool(creating: "packets", capacity: 63, cacheSize: 0, in: primary)
            let threads = (0..<4).map { kind in
                Taker {
                    switch kind {
                    case 0: _ = try PacketBurst(capacity: 8, in: primary)
                    case 1: _ = try ring.makeConsumer()
                    case 2: _ = try pool.allocate()
                    default: _ = try primary.processes()
                    }
                }
            }
            usleep(20_000)
            var refusals = 0
            while true {
                do throws(DPDKError) {
                    try primary.shutdown()
                    break
                } catch {
                    check(error.code, is: .inUse, "\(error)")
                    refusals += 1
                }
            }
            // Later calls get an error, and touch no memory.
            for thread in threads { check(thread.lastError()?.code, is: .shutDown) }
            refusal(.shutDown) { try primary.shutdown() }
        }
    }
}

@Suite("Calls during a shutdown", .fewAtOnce)
struct ShutdownRaceTests {
    enum Call: CaseIterable, Codable {
        case count, holder, nodes, read, write, available
    }

    /// Threads that only make calls are suspended at any place, for longer than a shutdown takes.
    @Test(arguments: Call.allCases)
    func aCallOnAHandleEndsBeforeTheMemoryGoes(call: Call) async {
        await #expect(processExitsWith: .success) { [call = call as Call] in
            alarm(100)
            let primary = try PrimaryProcess(
                EALArguments(
                    filePrefix: TestRun.filePrefix(), lcores: [LcoreAssignment(id: 0, cpus: [0])], usesPCI: false,
                    usesTelemetry: false))
            defer { TestRun.removeFiles(of: primary.filePrefix) }
            let ring = try SharedRing<UInt64>(creating: "ticks", capacity: 7, in: primary)
            let pool = try PacketPool(creating: "packets", capacity: 63, cacheSize: 0, in: primary)
            let region = try SharedRegion(
                creating: "levels", initial: InlineArray<16_384, UInt64>(repeating: 7), in: primary)
            let isOver = Atomic(false)
            let threads = (0..<8).map { _ in
                Taker {
                    switch call {
                    case .count: _ = ring.count
                    case .holder: _ = ring.producerHolder
                    case .nodes: _ = (try ring.nodes(), try pool.nodes(), try region.nodes())
                    case .read: _ = try region.read()
                    case .write: try region.write(InlineArray(repeating: 8))
                    case .available: _ = pool.availableCount
                    }
                    if isOver.load(ordering: .relaxed) { _ = try primary.processes() }
                }
            }
            usleep(20_000)
            signal(SIGUSR1) { _ in usleep(200_000) }
            for thread in threads { thread.interrupt(SIGUSR1) }
            while true {
                do throws(DPDKError) {
                    try primary.shutdown()
                    break
                } catch { check(error.code, is: .inUse, "\(error)") }
            }
            isOver.store(true, ordering: .relaxed)
            for thread in threads { check(thread.lastError()?.code, is: .shutDown) }
        }
    }
}

/// A thread that takes an object and releases it, again and again, until it gets an error.
private final class Taker: Sendable {
    private let end = DispatchSemaphore(value: 0)
    private let error = Mutex<DPDKError?>(nil)
    private let thread = Mutex<pthread_t?>(nil)

    init(_ take: @escaping @Sendable () throws -> Void) {
        Thread.detachNewThread {
            self.thread.withLock { $0 = pthread_self() }
            var error: DPDKError?
            while error == nil {
                do { try take() } catch let other { error = other as? DPDKError }
            }
            self.error.withLock { $0 = error }
            self.end.signal()
        }
    }

    func interrupt(_ number: CInt) { if let thread = thread.withLock({ $0 }) { pthread_kill(thread, number) } }

    func lastError() -> DPDKError? {
        end.wait()
        return error.withLock { $0 }
    }
}
