import Foundation

extension Report {
    /// The report for people: one table for each kind of work.
    func table(comparedWith earlier: Report?) -> String {
        var lines = circumstances
        if let earlier {
            let before = earlier.circumstances
            lines += ["before: \(before[0])", "        \(before[1])"]
        }
        lines.append("ratio = C's time to the library's, so above 1 the library is faster; ± is half the range of the")
        lines.append(
            "middle half of the ratios; ~ marks noise: ± stayed above 5 %, or others took the CPU again and again")
        lines += leftOut
        let before = Dictionary(
            (earlier?.cells ?? []).map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var groups: [Key.Group] = []
        for cell in cells where !groups.contains(cell.key.group) { groups.append(cell.key.group) }
        for group in groups {
            lines += ["", group.title]
            lines.append(header(group, withEarlier: earlier != nil))
            for cell in cells where cell.key.group == group {
                lines.append(row(cell, before: before[cell.key], withEarlier: earlier != nil))
                lines += latencies(cell, before: before[cell.key])
            }
            if let mean = geometricMean(of: group) { lines.append(mean) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Two lines: what was measured where, and how far apart the CPUs were.
    private var circumstances: [String] {
        let cpus = machine.cpus.map(String.init).joined(separator: " and ")
        let kind =
            (unoptimized == true ? "NOT OPTIMISED, " : "") + (quick ? "quick run" : "full run")
            + (firstSlot > 0 ? " from slot \(firstSlot)" : "")
        let time = date.formatted(.iso8601)
        let first = "\(machine.model), CPU \(cpus), DPDK \(machine.dpdk), \(kind) of \(time)"
        guard let before = machine.roundTripBefore else {
            return [first, "one CPU only: what takes two CPUs is left out"]
        }
        let after = machine.roundTripAfter.map { ", \($0.fixed(0)) ns at the end" } ?? ""
        return [first, "a cache line from CPU to CPU and back: \(before.fixed(0)) ns at the start\(after)"]
    }

    private func header(_ group: Key.Group, withEarlier: Bool) -> String {
        let names =
            switch group.work {
            case .lookup: "        objects           ms      C ms  starts/s C starts/s    ratio      ±"
            case .lookupAmongPools: "          pools           ms      C ms  starts/s C starts/s    ratio      ±"
            case .instructions: "        clients instr/packet   C instr                         ratio      ±"
            case .bothOurs, .serverOurs, .clientOurs:
                "        clients    ns/packet      C ns   Mpkts/s  C Mpkts/s    ratio      ±"
            default: "   ring   burst   ns/element      C ns   Melem/s  C Melem/s    ratio      ±"
            }
        return names + (withEarlier ? "   before   change" : "")
    }

    private func row(_ cell: Cell, before: Cell?, withEarlier: Bool) -> String {
        let ring = cell.key.ring > 0 ? String(cell.key.ring) : "-"
        // Starts take milliseconds.
        let unit = [.lookup, .lookupAmongPools].contains(cell.key.work) ? 1e6 : 1
        let size = ring.leftPadded(to: 7) + String(cell.key.burst).leftPadded(to: 8)
        var row =
            (cell.key.count.map { String($0).leftPadded(to: 15) } ?? size)
            + (cell.nanoseconds / unit).fixed(3).leftPadded(to: 13)
            + (cell.baselineNanoseconds / unit).fixed(3).leftPadded(to: 10)
        // Instructions have no rate.
        row +=
            cell.key.work == .instructions
            ? String(repeating: " ", count: 21)
            : (cell.rate * unit).fixed(1).leftPadded(to: 10) + (cell.baselineRate * unit).fixed(1).leftPadded(to: 11)
        row += cell.ratio.fixed(2).leftPadded(to: 9) + ((cell.spread * 100).fixed(1) + "%").leftPadded(to: 7)
        row += cell.isNoisy ? " ~" : "  "
        if withEarlier, let before {
            row += before.ratio.fixed(2).leftPadded(to: 7) + (before.isNoisy ? " ~" : "  ")
            row += ((cell.ratio / before.ratio - 1) * 100).signed(1).leftPadded(to: 8) + "%"
        }
        return row
    }

    /// A line for each part of the round trips' times.
    private func latencies(_ cell: Cell, before: Cell?) -> [String] {
        guard let ours = cell.latency, let baseline = cell.baselineLatency else { return [] }
        let earlier = before.flatMap { before in
            before.latency.flatMap { ours in before.baselineLatency.map { zip(ours.parts, $0.parts).map { $0 } } }
        }
        return zip(ours.parts, baseline.parts).enumerated().map { number, part in
            let ratio = part.1.nanoseconds / part.0.nanoseconds
            let line =
                part.0.name.leftPadded(to: 15) + part.0.nanoseconds.fixed(0).leftPadded(to: 13)
                + part.1.nanoseconds.fixed(0).leftPadded(to: 10) + ratio.fixed(2).leftPadded(to: 30)
            guard let earlier else { return line }
            let before = earlier[number].1.nanoseconds / earlier[number].0.nanoseconds
            return line + before.fixed(2).leftPadded(to: 16)
                + ((ratio / before - 1) * 100).signed(1).leftPadded(to: 10) + "%"
        }
    }

    /// The last line of a table: the mean of the cells that are no noise.
    private func geometricMean(of group: Key.Group) -> String? {
        let all = cells.filter { $0.key.group == group }
        let ratios = all.filter { !$0.isNoisy }.map(\.ratio)
        guard ratios.count > 1 else { return nil }
        let left = all.count - ratios.count
        let text = "geometric mean of the ratios" + (left > 0 ? ", without the \(left) marked ~" : "")
        return text.padded(to: 60) + ratios.geometricMean.fixed(2).leftPadded(to: 8)
    }
}
