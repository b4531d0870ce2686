extension Report {
    /// The report for people: one table for each kind of work.
    func table(comparedWith earlier: Report?) -> String {
        var lines = heading()
        let before = Dictionary(
            (earlier?.cells ?? []).map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var groups: [Key.Group] = []
        for cell in cells where !groups.contains(cell.key.group) { groups.append(cell.key.group) }
        for group in groups {
            lines += ["", title(of: group)]
            lines.append(header(withEarlier: earlier != nil))
            for cell in cells where cell.key.group == group {
                lines.append(row(cell, before: before[cell.key], withEarlier: earlier != nil))
            }
            if earlier == nil, let mean = geometricMean(of: group) {
                lines.append("geometric mean of the ratios".padded(to: 63) + mean.fixed(2).leftPadded(to: 7))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func heading() -> [String] {
        let cpus = machine.cpus.map(String.init).joined(separator: " and ")
        var lines = ["\(machine.model), CPU \(cpus), DPDK \(machine.dpdk)"]
        if let before = machine.roundTripBefore {
            let after = machine.roundTripAfter.map { ", \($0.fixed(0)) ns at the end" } ?? ""
            lines.append("a cache line from CPU to CPU and back: \(before.fixed(0)) ns at the start\(after)")
        } else {
            lines.append("one CPU only: what takes two CPUs is left out")
        }
        lines.append("ratio = C's time to the library's, so above 1 the library is faster; ± is half the range of the")
        lines.append(
            "middle half of the ratios; ~ marks noise: ± stayed above 5 %, or others took the CPU again and again")
        return lines
    }

    private func title(of group: Key.Group) -> String {
        let place = group.place == .oneCPU ? "One CPU" : "Two CPUs"
        return "\(place), \(group.elementSize)-byte elements: \(group.work.explanation)"
    }

    private func header(withEarlier: Bool) -> String {
        "   ring   burst   ns/element      C ns   Melem/s  C Melem/s    ratio      ±"
            + (withEarlier ? "   before   change" : "")
    }

    private func row(_ cell: Cell, before: Cell?, withEarlier: Bool) -> String {
        var row =
            String(cell.key.ring).leftPadded(to: 7) + String(cell.key.burst).leftPadded(to: 8)
            + cell.nanoseconds.fixed(3).leftPadded(to: 13) + cell.baselineNanoseconds.fixed(3).leftPadded(to: 10)
            + cell.rate.fixed(1).leftPadded(to: 10) + cell.baselineRate.fixed(1).leftPadded(to: 11)
            + cell.ratio.fixed(2).leftPadded(to: 9) + ((cell.spread * 100).fixed(1) + "%").leftPadded(to: 7)
        row += cell.isNoisy ? " ~" : "  "
        if withEarlier, let before {
            row += before.ratio.fixed(2).leftPadded(to: 7)
            row += ((cell.ratio / before.ratio - 1) * 100).signed(1).leftPadded(to: 8) + "%"
        }
        return row
    }

    private func geometricMean(of group: Key.Group) -> Double? {
        let ratios = cells.filter { $0.key.group == group }.map(\.ratio)
        guard ratios.count > 1 else { return nil }
        return ratios.geometricMean
    }
}
