/// The middle of some figures, and how far they lie apart.
struct Summary {
    let median: Double
    /// Half the range in which the middle half of the figures lies.
    let halfQuartileRange: Double

    init(_ figures: [Double]) {
        let sorted = figures.sorted()
        median = Self.quantile(0.5, of: sorted)
        halfQuartileRange = (Self.quantile(0.75, of: sorted) - Self.quantile(0.25, of: sorted)) / 2
    }

    private static func quantile(_ part: Double, of sorted: [Double]) -> Double {
        guard let last = sorted.indices.last else { return .nan }
        let place = part * Double(last)
        let below = Int(place)
        let above = min(below + 1, last)
        return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
}
