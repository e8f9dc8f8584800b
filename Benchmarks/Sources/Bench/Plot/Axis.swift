import Foundation

/// The positions of values along a side of a plot, and the labels among them.
struct Axis {
    enum Scale {
        /// From zero, in steps of 1, 2 or 5 of a power of ten.
        case linear
        /// Powers of two, for ratios.
        case binary
        /// Powers of ten, and 2 and 5 times them where there is room.
        case decimal
    }

    let scale: Scale
    /// The values that are written, from the first of the axis to its last.
    let ticks: [Double]

    /// An axis that has room for all of the values; those that a logarithm has no place for are not shown.
    init(_ scale: Scale, for values: [Double]) {
        self.scale = scale
        let values = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
        let (least, most) = (values.min() ?? 1, values.max() ?? 1)
        ticks =
            switch scale {
            case .linear: Self.steps(upTo: most)
            case .binary: Self.bounding(least, most, (-20...40).map { exp2(Double($0)) })
            case .decimal: Self.decades(least, most)
            }
    }

    /// The position of a value on the axis: 0 at its start, 1 at its end.
    func position(of value: Double) -> Double {
        let (first, last) = (place(ticks[0]), place(ticks[ticks.count - 1]))
        return first == last ? 0 : (place(value) - first) / (last - first)
    }

    /// A tick as it is written: thousands as k, millions as M.
    static func label(_ value: Double) -> String {
        switch abs(value) {
        case 1e6...: "\(Table.short(value / 1e6))M"
        case 1e3...: "\(Table.short(value / 1e3))k"
        default: Table.short(value)
        }
    }

    private func place(_ value: Double) -> Double { scale == .linear ? value : log2(value) }

    private static func steps(upTo most: Double) -> [Double] {
        guard most > 0 else { return [0, 1] }
        let power = pow(10, floor(log10(most / 5)))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 * 5 >= most } ?? power * 10
        return (0...Int((most / step).rounded(.up))).map { Double($0) * step }
    }

    private static func decades(_ least: Double, _ most: Double) -> [Double] {
        let powers = (-12...15).map { pow(10, Double($0)) }
        let fine = bounding(least, most, powers.flatMap { power in [1, 2, 5].map { $0 * power } })
        return fine.count <= 9 ? fine : bounding(least, most, powers)
    }

    /// The candidates from the last that is not above the least value to the first that is not below the greatest; at
    /// least two.
    private static func bounding(_ least: Double, _ most: Double, _ candidates: [Double]) -> [Double] {
        // A candidate is computed, so one that is meant to be the value can be a little beside it.
        let first = candidates.lastIndex { $0 <= least * 1.000_001 } ?? 0
        let last = candidates.firstIndex { $0 >= most * 0.999_999 } ?? candidates.count - 1
        return Array(candidates[first...max(last, min(first + 1, candidates.count - 1))])
    }
}
