import Foundation

extension Report {
    /// The ratios as an SVG: the size of a burst from left to right, C's time to the library's from below to above, in
    /// powers of two both, and a line for each kind. Its colours follow the reader's choice of light or dark.
    func plot() -> String {
        let panels = PlotPanel.all(of: cells)
        // Noise does not decide what is shown of the rest.
        var ratios = [1.0]
        for panel in panels {
            for line in panel.lines { ratios += line.points.filter { !$0.isNoisy }.map(\.ratio) }
        }
        let scale = PlotScale(from: ratios.min() ?? 1, to: ratios.max() ?? 1)
        let columns = 2
        let rows = (panels.count + columns - 1) / columns
        let (width, height) = (columns * PlotPanel.width + 20, rows * PlotPanel.height + 80)
        let cpus = machine.cpus.map(String.init).joined(separator: " and ")
        var elements = [
            #"<rect class="back" width="\#(width)" height="\#(height)"/>"#,
            text("How many times as fast as DPDK's own C functions, by the size of a burst", 20, 28, "title"),
            text(
                "\(machine.model), CPU \(cpus), DPDK \(machine.dpdk), \(quick ? "quick run" : "full run"),"
                    + " \(date.formatted(.iso8601.year().month().day()))"
                    + (unoptimized == true ? ", NOT OPTIMISED" : ""), 20, 48, "small"),
            text(
                "Above the line at 1, the library is faster. A hollow point is noise, and may lie beyond the edge.", 20,
                66, "small"),
        ]
        for (number, panel) in panels.enumerated() {
            let (x, y) = (10 + number % columns * PlotPanel.width, 76 + number / columns * PlotPanel.height)
            elements.append(#"<g transform="translate(\#(x),\#(y))">"#)
            elements += panel.elements(scale)
            elements.append("</g>")
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" \
            height="\(height)" font-family="system-ui, sans-serif" font-size="12">
            <style>
            \(Self.style)
            </style>
            \(elements.joined(separator: "\n"))
            </svg>

            """
    }

    private static var style: String {
        let light = ["#0067a5", "#c44601", "#00795a", "#a83279", "#8a6a00", "#5b50b8", "#555555"]
        let dark = ["#6cb6ff", "#ff9d5c", "#4fd1a5", "#f08fc8", "#e3c14b", "#b3a8ff", "#bbbbbb"]
        func rules(_ back: String, _ front: String, _ grid: String, _ colors: [String]) -> String {
            ".back { fill: \(back) } text { fill: \(front) } .grid { stroke: \(grid) } .one { stroke: \(front) } "
                + ".hollow { fill: \(back) }"
                + colors.enumerated().map { " .c\($0) { stroke: \($1) } .f\($0) { fill: \($1) }" }.joined()
        }
        return """
            polyline, .key { fill: none; stroke-width: 2 } circle { stroke-width: 1.5 } .grid { stroke-width: 1 }
            .one { stroke-width: 1.5 } .title { font-size: 17px; font-weight: 600 } .small { font-size: 12px }
            .head { font-size: 13px; font-weight: 600 } .end { text-anchor: end } .middle { text-anchor: middle }
            \(rules("#ffffff", "#1f2328", "#d8dee4", light))
            @media (prefers-color-scheme: dark) { \(rules("#0d1117", "#e6edf3", "#30363d", dark)) }
            """
    }
}

private func text(_ text: String, _ x: Double, _ y: Double, _ style: String) -> String {
    let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    return #"<text x="\#(x.fixed(1))" y="\#(y.fixed(1))" class="\#(style)">\#(escaped)</text>"#
}

/// Where ratios and bursts are in a panel: between powers of two. What lies beyond is drawn at the edge.
private struct PlotScale {
    let lowest: Double
    let highest: Double

    init(from lowest: Double, to highest: Double) {
        self.lowest = max(min(Foundation.log2(lowest).rounded(.down), -1), -4)
        self.highest = min(max(Foundation.log2(highest).rounded(.up), 1), 5)
    }

    static let (left, top, width, height) = (46.0, 32.0, 410.0, 190.0)

    func y(_ ratio: Double) -> Double {
        let place = (Foundation.log2(ratio) - lowest) / (highest - lowest)
        return Self.top + Self.height * (1 - min(max(place, 0), 1))
    }

    static func x(_ burst: Int) -> Double { left + width * Foundation.log2(Double(burst)) / 8 }

    /// The ratios that have a line of the grid.
    var ticks: [Double] { stride(from: lowest, through: highest, by: 1).map(exp2) }
}

/// Some kinds that are compared with each other.
private struct PlotPanel {
    struct Line {
        var name: String
        var points: [(burst: Int, ratio: Double, isNoisy: Bool)]
    }

    let title: String
    var lines: [Line]

    static let width = 480
    static let height = 320

    /// The panels in the order of the cells. Of each kind, the ring of 1 024 is shown, or the first that was measured.
    static func all(of cells: [Cell]) -> [PlotPanel] {
        var panels: [PlotPanel] = []
        var groups: [Key.Group] = []
        for cell in cells where !groups.contains(cell.key.group) { groups.append(cell.key.group) }
        for group in groups {
            guard let title = title(group) else { continue }
            let all = cells.filter { $0.key.group == group && $0.ratio > 0 }
            let ring = all.contains { $0.key.ring == 1_024 } ? 1_024 : all.first?.key.ring
            let points = all.filter { $0.key.ring == ring }.map { ($0.key.burst, $0.ratio, $0.isNoisy) }
            guard !points.isEmpty else { continue }
            let line = Line(name: group.kind, points: points)
            if let index = panels.firstIndex(where: { $0.title == title }) {
                panels[index].lines.append(line)
            } else {
                panels.append(PlotPanel(title: title, lines: [line]))
            }
        }
        return panels
    }

    /// The panel that a kind belongs to; nil for what has no bursts.
    private static func title(_ group: Key.Group) -> String? {
        let family: String? =
            switch group.work {
            case .counter, .counters, .snapshotRead, .snapshotWrite, .roundTrip, .poolSingle, .lookup,
                .lookupAmongPools, .instructions, .bothOurs,
                .serverOurs, .clientOurs:
                nil
            case _ where group.place == .growth: nil
            case .single where group.place != .oneCPU: nil
            case _ where group.access != nil: "rings with many producers and consumers"
            case _ where group.place != .oneCPU: "values and packets"
            case .burst: "values"
            case .bulk, .single, .inPlace: "in bulk, one by one, in place"
            case .packetsAround, .packetsThrough, .packetsEach, .pool: "packets and their pool"
            }
        return family.map { "\(group.place.title): \($0)" }
    }

    func elements(_ scale: PlotScale) -> [String] {
        let (left, right) = (PlotScale.left, PlotScale.left + PlotScale.width)
        let (top, bottom) = (PlotScale.top, PlotScale.top + PlotScale.height)
        var elements = [text(title, left, 18, "head")]
        func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
            elements.append(
                #"<line x1="\#(x1.fixed(1))" y1="\#(y1.fixed(1))" x2="\#(x2.fixed(1))" y2="\#(y2.fixed(1))" "#
                    + #"class="\#(style)"/>"#)
        }
        for tick in scale.ticks {
            rule(left, scale.y(tick), right, scale.y(tick), tick == 1 ? "one" : "grid")
            let digits = tick < 1 ? Int(-Foundation.log2(tick)) : 0
            elements.append(text(tick.fixed(digits), left - 6, scale.y(tick) + 4, "small end"))
        }
        for burst in [1, 2, 4, 8, 16, 32, 64, 128, 256] {
            rule(PlotScale.x(burst), top, PlotScale.x(burst), bottom, "grid")
            elements.append(text("\(burst)", PlotScale.x(burst), bottom + 16, "small middle"))
        }
        rule(left, scale.y(1), right, scale.y(1), "one")
        for (number, line) in lines.enumerated() {
            // A dash as well as a colour, for those who see colours otherwise.
            let dash = number % 2 == 1 ? #" stroke-dasharray="6 3""# : ""
            let points = line.points.map { "\(PlotScale.x($0.burst).fixed(1)),\(scale.y($0.ratio).fixed(1))" }
            elements.append(#"<polyline class="c\#(number % 7)"\#(dash) points="\#(points.joined(separator: " "))"/>"#)
            for point in line.points {
                elements.append(
                    #"<circle class="c\#(number % 7) \#(point.isNoisy ? "hollow" : "f\(number % 7)")" r="3" "#
                        + #"cx="\#(PlotScale.x(point.burst).fixed(1))" cy="\#(scale.y(point.ratio).fixed(1))"/>"#)
            }
            let (x, y) = (left + Double(number % 2) * 210, bottom + 38 + Double(number / 2) * 18)
            elements.append(
                #"<line class="key c\#(number % 7)"\#(dash) x1="\#(x.fixed(1))" x2="\#((x + 24).fixed(1))" "#
                    + #"y1="\#((y - 4).fixed(1))" y2="\#((y - 4).fixed(1))"/>"#)
            elements.append(text(line.name, x + 30, y, "small"))
        }
        return elements
    }
}
