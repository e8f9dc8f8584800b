extension Sequence<Double> {
    /// The middle value, or the mean of the two in the middle; not a number if there are none.
    var median: Double {
        let values = sorted()
        guard !values.isEmpty else { return .nan }
        let middle = values.count / 2
        return values.count.isMultiple(of: 2) ? (values[middle - 1] + values[middle]) / 2 : values[middle]
    }

    /// The median of the distances from the median: spread that a few outliers don't move.
    var medianAbsoluteDeviation: Double {
        let center = median
        return lazy.map { abs($0 - center) }.median
    }
}
