import CBaseline
import CDPDK
import Foundation

/// Pairs of a server and its clients, on two devices that make packets out of nothing: this library's, C's, and mixed.
///
/// All pairs are started before the first of them is measured, and all but the one that is measured are stopped, so
/// that they take turns within a fraction of a second.
final class ClientServer {
    /// Which of a pair's programs are the library's.
    enum Side: String, Codable { case both, server, client, none }

    /// C's programs.
    private let programs: CPrograms
    private let cpus: [Int]
    private var pairs: [Side: Pair] = [:]
    private var clients = 0

    /// Compiles C's programs.
    init(cpus: [Int]) throws {
        self.cpus = cpus
        let sources = "/usr/share/dpdk/examples/multi_process/client_server_mp"
        guard FileManager.default.fileExists(atPath: sources + "/mp_server/main.c") else {
            throw BenchmarkError("DPDK's sources are not in \(sources), which Debian's dpdk-doc installs")
        }
        // EAL takes drivers from the libraries that are linked, or else from its plug-in folder.
        let script = """
            for program in mp_server mp_client; do
                cc -O3 $(pkg-config --cflags libdpdk) -I"$1/shared" "$1/$program"/*.c \
                    -o "$0/$program" -Wl,--no-as-needed $(pkg-config --libs libdpdk) -lrte_net_null -lrte_net_ring \
                    -lrte_mempool_ring -lrte_bus_vdev || exit
            done
            """
        programs = try CPrograms("pair", script, from: sources, of: "DPDK's")
    }

    /// Ends what runs, and removes the programs.
    func remove() {
        endAll()
        programs.remove()
    }

    private func endAll() {
        for pair in pairs.values { pair.end() }
        pairs = [:]
    }

    /// How many packets a pair transmits in a while.
    func measure(_ side: Side, clients: Int) throws -> Workload.Outcome {
        if clients != self.clients {
            endAll()
            self.clients = clients
        }
        if pairs[side] == nil {
            pairs[side] = try Pair(
                server: program("mp_server", isOurs: side == .both || side == .server),
                client: program("mp_client", isOurs: side == .both || side == .client), clients: clients, cpus: cpus,
                number: clients * 10 + pairs.count)
        }
        guard let outcome = try pairs[side]?.measure() else { throw BenchmarkError("there is no pair") }
        return outcome
    }

    /// How many instructions a pair's server executes for how many packets.
    func count(_ side: Side, clients: Int) throws -> Workload.Outcome {
        _ = try measure(side, clients: clients)
        guard let outcome = try pairs[side]?.step() else { throw BenchmarkError("there is no pair") }
        return outcome
    }

    private func program(_ name: String, isOurs: Bool) throws -> Program {
        isOurs
            ? Program(path: try Child.sibling(name), options: ["--idle", "spin"])
            : Program(path: programs.path(name), options: [])
    }

    struct Program {
        let path: String
        let options: [String]
    }
}

// MARK: - One pair

extension ClientServer {
    /// A server on the first CPU and its clients on the second. It runs only while it is measured.
    private final class Pair {
        private let prefix: String
        private var children: [Child] = []
        private var telemetry: Int32 = -1

        init(server: Program, client: Program, clients: Int, cpus: [Int], number: Int) throws {
            prefix = "\(Bench.filePrefix)-pair-\(number)"
            let common = ["--no-pci", "--file-prefix=\(prefix)"]
            do {
                let devices = ["--vdev=net_null0", "--vdev=net_null1"]
                children.append(
                    try Child(
                        [server.path] + common + ["--lcores=0@\(cpus[0])"] + devices + ["--", "-p", "3", "-n"]
                            + ["\(clients)"] + server.options))
                try wait("the server does not answer") { connect() && packets() != nil }
                for number in 0..<clients {
                    let lcore = "--lcores=\(number + 1)@\(cpus[1])"
                    children.append(
                        try Child(
                            [client.path] + common + ["--proc-type=secondary", lcore, "--", "-n", "\(number)"]
                                + client.options))
                }
                let before = packets() ?? 0
                try wait("no packets come out") { (packets() ?? 0) > before + 1_000 }
                // The clients that start last.
                usleep(500_000)
            } catch {
                end()
                throw error
            }
            signalAll(SIGSTOP)
        }

        func measure() throws -> Workload.Outcome {
            signalAll(SIGCONT)
            defer { signalAll(SIGSTOP) }
            usleep(50_000)
            let before = packets()
            let start = cdpdk_cycles()
            usleep(100_000)
            let after = packets()
            let ticks = cdpdk_cycles() &- start
            guard let before, let after, after > before else {
                throw BenchmarkError("a pair of server and clients transmits nothing any more")
            }
            return Workload.Outcome(ticks: ticks, elements: Int(after - before))
        }

        /// Has the server execute some instructions one by one. Before and after it, clients forward what they have.
        func step() throws -> Workload.Outcome {
            let instructions: UInt64 = 60_000
            let server = children[0].pid
            let rest = UInt32(30_000 + 15_000 * children.count)
            signalAll(SIGCONT)
            defer { signalAll(SIGSTOP) }
            usleep(rest)
            guard cbaseline_step_begin(server) else { throw BenchmarkError("a server cannot be stepped through") }
            defer { cbaseline_step_end(server) }
            usleep(rest)
            let before = packets()
            let isDone = cbaseline_step(server, instructions)
            usleep(rest)
            guard isDone, let before, let after = packets(), after > before else {
                throw BenchmarkError("a server that is stepped through forwards nothing")
            }
            return Workload.Outcome(ticks: instructions, elements: Int(after - before))
        }

        func end() {
            // Clients first.
            for child in children.reversed() {
                if let server = children.first { server.send(SIGCONT) }
                child.end()
            }
            children = []
            if telemetry >= 0 { close(telemetry) }
            let files = FileManager.default
            try? files.removeItem(atPath: Self.runtimeFolder + prefix)
            let pages = "/dev/hugepages"
            for name in (try? files.contentsOfDirectory(atPath: pages)) ?? [] where name.hasPrefix("\(prefix)map_") {
                try? files.removeItem(atPath: "\(pages)/\(name)")
            }
        }

        /// What DPDK takes for the folder of its groups.
        private static var runtimeFolder: String {
            let environment = ProcessInfo.processInfo.environment
            let own = geteuid() == 0 ? "/var/run" : environment["XDG_RUNTIME_DIR"] ?? "/tmp"
            return (environment["RUNTIME_DIRECTORY"] ?? own) + "/dpdk/"
        }

        private func connect() -> Bool {
            if telemetry < 0 {
                telemetry = unsafe cbaseline_telemetry(Self.runtimeFolder + "\(prefix)/dpdk_telemetry.v2")
            }
            return telemetry >= 0
        }

        private func packets() -> UInt64? {
            var sum: UInt64 = 0
            for port in UInt32(0)...1 {
                var count: UInt64 = 0
                guard unsafe cbaseline_packets_out(telemetry, port, &count) else { return nil }
                sum += count
            }
            return sum
        }

        private func signalAll(_ signal: Int32) {
            for child in children { child.send(signal) }
        }

        private func wait(_ problem: String, until isDone: () -> Bool) throws {
            for _ in 0..<200 where !cbaseline_was_interrupted() {
                if isDone() { return }
                usleep(50_000)
            }
            throw BenchmarkError("client-server: \(problem)")
        }
    }
}
