import Floors

extension Row {
    /// Rows about tags.
    static let tagRows: [Row] = [0, 5, 10, 20].map { tags in
        let name = "submit_with_tags/\(tags)"
        return Row(
            name: name, jobs: 500,
            references: [
                .floor(name, [FLOOR_TAGS], expecting: StoredCounts(pending: 500, tags: 500 * tags)) {
                    try $0 { floor_submit($0, 500, 1, 1, Int32(tags)) }
                }
            ])
    }
}
