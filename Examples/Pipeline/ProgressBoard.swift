import Millrace

/// Which jobs run, and how far they are: a value that events go into and lines come out of.
struct ProgressBoard {
    private struct Row {
        var type: JobType
        var progress: JobProgress?

        /// The extra duration; zero if it is not longer.
        var timeLeft: String {
            guard let left = progress?.timeLeft, left >= .seconds(1) else { return "" }
            return "(\(left.components.seconds) s left) "
        }
    }

    private var rows: [JobID: Row] = [:]
    /// The number of preempted jobs so far.
    private(set) var preempted = 0

    /// Records an event, and returns a line to show for it, if there is one.
    mutating func note(_ event: JobEvent) -> String? {
        if case .lost = event.kind {
            // A shown job may have ended without an event.
            rows = [:]
            return nil
        }
        guard let id = event.id, let type = event.type else { return nil }
        switch event.kind {
        case .started:
            rows[id] = Row(type: type)
        case .progressed(let progress):
            rows[id] = Row(type: type, progress: progress)
        case .preempted:
            rows[id] = nil
            preempted += 1
            return "\(type) \(id) is set aside for a more urgent job"
        case .ended(let state, let failure):
            rows[id] = nil
            if state != .completed { return "\(type) \(id) ended as \(state): \(failure?.message ?? "")" }
        case .retrying, .snoozed, .released, .waiting, .stale:
            rows[id] = nil
        default:
            break
        }
        return nil
    }

    /// A line for each job that has told how far it is, the oldest first.
    ///
    /// - Parameters:
    ///   - width: How long a line may be; of names that are longer the end is shown.
    ///   - hasBars: Whether a line begins with a bar.
    func lines(limit: Int, width: Int, hasBars: Bool) -> [String] {
        let told = rows.filter { $0.value.progress?.fraction != nil }.sorted { $0.key < $1.key }.prefix(limit)
        return told.map { _, row in
            let fraction = row.progress?.fraction ?? 0
            let percent = "\(Int(fraction * 100))"
            let padding = String(repeating: " ", count: max(0, 3 - percent.count))
            let bar = hasBars ? Self.bar(fraction) : ""
            let head = "\(bar)\(padding)\(percent) % \(row.type) \(row.timeLeft)"
            return head + (row.progress?.message ?? "").suffix(max(0, width - head.count))
        }
    }

    private static func bar(_ fraction: Double) -> String {
        let filled = Int(fraction * 20)
        return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: 20 - filled))] "
    }
}
