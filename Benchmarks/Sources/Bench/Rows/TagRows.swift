import Floors
import QueueDispatch
import QueueModel

extension Row {
    /// Rows about tags.
    static let tagRows: [Row] = [0, 5, 10, 20].map { tags in
        let name = "submit_with_tags/\(tags)"
        return Row(
            name: name, jobs: 500,
            subject: .idle(name, expecting: [.pending: 500]) { subject in
                let options = SubmitOptions(
                    tags: (0..<tags).map { Tag("key-\($0 / 10)\($0 % 10)", "value-\($0 / 10)\($0 % 10)") })
                for _ in 0..<500 { try await subject.queue.submit(Blank(), options) }
            },
            references: [
                .floor(name, [FLOOR_TAGS], expecting: StoredCounts(pending: 500, tags: 500 * tags)) {
                    try $0 { floor_submit($0, 500, 1, 1, Int32(tags)) }
                }
            ])
    }
}
