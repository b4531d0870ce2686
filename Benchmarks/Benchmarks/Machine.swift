import CBaseline
import CDPDK
import DPDKMultiProcess
import Glibc

/// Where a run took place, as far as it explains the figures.
struct Machine: Codable {
    var model: String
    /// The CPUs that were used, the measuring thread's first.
    var cpus: [Int]
    /// Ticks of the clock that was read.
    var ticksPerNanosecond: Double
    /// How long a cache line takes from one CPU to the other and back, before and after the run; nil with one CPU.
    var roundTripBefore: Double?
    var roundTripAfter: Double?
    var dpdk: String
}

extension Machine {
    /// The CPUs on which this process may run.
    static var allowedCPUs: [Int] {
        (0..<1_024).filter { cbaseline_may_run_on(Int32($0)) }
    }

    /// The name of the CPU, as the kernel gives it.
    static var modelName: String {
        guard let file = unsafe fopen("/proc/cpuinfo", "r") else { return "unknown CPU" }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while unsafe fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            let parts = text.split(separator: ":", maxSplits: 1).map { $0.trimmingPrefix { $0.isWhitespace } }
            if parts.count == 2, parts[0].hasPrefix("model name") {
                return String(parts[1].prefix { $0 != "\n" })
            }
        }
        return "unknown CPU"
    }

    /// How fast the clock that the loops read ticks, by the system's.
    static func measureTicksPerNanosecond() -> Double {
        var begin = timespec()
        var end = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &begin)
        let start = cdpdk_cycles()
        usleep(50_000)
        let ticks = cdpdk_cycles() &- start
        unsafe clock_gettime(CLOCK_MONOTONIC, &end)
        return Double(ticks) / (Double(end.tv_sec - begin.tv_sec) * 1e9 + Double(end.tv_nsec - begin.tv_nsec))
    }

    /// Nanoseconds that a cache line takes from this CPU to the worker's and back: the median of some trials.
    static func measureRoundTrip(with worker: Lcore, ticksPerNanosecond: Double) throws -> Double {
        let trips = 2_000
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
        defer { unsafe memory.deallocate() }
        let line = unsafe SharedLine(word: memory.bindMemory(to: UInt64.self, capacity: 1))
        var trials: [Double] = []
        for _ in 0..<15 {
            unsafe line.word.initialize(to: 0)
            let gate = StartGate()
            let task = try worker.run(consuming: line) { line in
                gate.wait()
                unsafe cbaseline_line_pong(line.word, UInt64(trips))
            }
            gate.open()
            trials.append(Double(unsafe cbaseline_line_ping(line.word, UInt64(trips))) / Double(trips))
            _ = task.join()
        }
        return Summary(trials).median / ticksPerNanosecond
    }

    @safe private struct SharedLine: @unchecked Sendable {
        let word: UnsafeMutablePointer<UInt64>
    }
}
