extension Report {
    /// The report for spreadsheets: a line for each cell. What a cell does not have is empty.
    func csv() -> String {
        var lines = [
            "place,work,element_bytes,access,pacing,ring,burst,count,ns,c_ns,ratio,spread,repetitions,noisy,"
                + "p50_ns,p99_ns,p99.9_ns,max_ns,c_p50_ns,c_p99_ns,c_p99.9_ns,c_max_ns"
        ]
        for cell in cells {
            let key = cell.key
            let latencies = [cell.latency, cell.baselineLatency].flatMap { latency in
                latency?.parts.map { $0.nanoseconds.fixed(1) } ?? ["", "", "", ""]
            }
            let fields = [
                key.place.rawValue, key.work.rawValue, key.elementSize > 0 ? "\(key.elementSize)" : "",
                key.access?.rawValue ?? "", key.pacing?.rawValue ?? "", key.ring > 0 ? "\(key.ring)" : "",
                "\(key.burst)",
                key.count.map(String.init) ?? "",
                cell.nanoseconds.fixed(4), cell.baselineNanoseconds.fixed(4), cell.ratio.fixed(4),
                cell.spread.fixed(4), "\(cell.repetitions)", "\(cell.isNoisy)",
            ]
            lines.append((fields + latencies).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
