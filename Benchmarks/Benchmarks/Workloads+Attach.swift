import CBaseline
import DPDKMultiProcess
import Foundation

extension CPrograms {
    /// The program that attaches. SwiftPM would link it with Swift's runtime, for which its start takes longer.
    static func attach() throws -> Self {
        let sources = URL(fileURLWithPath: #filePath).appendingPathComponent("../../Attach").standardized.path
        // The libraries are those that DPDK's mp_client is linked with.
        let script = """
            cc -O3 $(pkg-config --cflags libdpdk) "$1/attach.c" -o "$0/attach" $(pkg-config --libs-only-L libdpdk) \
                -Wl,--no-as-needed -lrte_eal -lrte_ethdev -lrte_mempool -lrte_ring
            """
        return try Self("attach", script, from: sources, of: "this program's")
    }
}

extension Bench {
    /// A cell of starts of a secondary in a group that has so many objects.
    ///
    /// A repetition is one start, from the first instruction of the program to the moment at which it has found a ring
    /// and a pool.
    func attach(_ key: Key) throws -> Workload {
        guard let primary = process as? PrimaryProcess else { throw BenchmarkError("a secondary creates no objects") }
        guard let attach else { throw BenchmarkError("there is no program that attaches") }
        let count = key.count ?? 1
        // One of them is the pool, and one the ring that is looked up.
        _ = unsafe try packetPool()
        _ = unsafe try ring(of: UInt64.self, capacity: 1_024)
        var (rings, pools): ([SharedRing<UInt64>], [PacketPool]) = ([], [])
        if key.work == .lookupAmongPools {
            for number in 1..<max(1, count) {
                pools.append(try PacketPool(creating: "pool-\(number)", capacity: 511, in: primary))
            }
        } else {
            for number in 2..<max(2, count) {
                rings.append(try SharedRing(creating: "object-\(number)", capacity: 7, in: primary))
            }
        }
        let options = [
            "--proc-type=secondary", "--no-pci", "--file-prefix=\(Self.filePrefix)", "--lcores=2@\(cpus.last ?? 0)",
            "--log-level=error", "--no-telemetry",
        ]
        let ticks = Machine.measureTicksPerNanosecond()
        func start(_ program: String) throws -> Workload.Outcome {
            let output = Pipe()
            let child = try Child(
                [program] + options, output: output.fileHandleForWriting.fileDescriptor)
            try output.fileHandleForWriting.close()
            let lines = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            let moments = lines.split(separator: "\n").compactMap { Int($0) }
            guard child.wait(), moments.count == 2 else {
                throw BenchmarkError("\(program) did not attach; what it said is on standard error")
            }
            return Workload.Outcome(ticks: UInt64(Double(moments[1] - moments[0]) * ticks), elements: 1)
        }
        return Workload(
            key: key, ours: { _ in try start(Child.sibling("benchmark-attach")) },
            baseline: { _ in try start(attach.path("attach")) },
            finish: { [rings, pools] in
                for ring in rings { try ring.destroy(in: primary) }
                for pool in pools { try pool.destroy(in: primary) }
            })
    }
}
