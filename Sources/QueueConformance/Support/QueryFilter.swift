import QueueModel
import QueueStoreKit

/// A condition of a query with a second implementation of its meaning, independent of any store.
struct QueryFilter: Sendable {
    var name: String
    /// The field that it sets; a query has one condition per field.
    var field: String
    var apply: @Sendable (inout JobQuery) -> Void
    var matches: @Sendable (JobRecord) -> Bool

    init(
        _ name: String, _ field: String, _ apply: @escaping @Sendable (inout JobQuery) -> Void,
        matches: @escaping @Sendable (JobRecord) -> Bool
    ) {
        self.name = name
        self.field = field
        self.apply = apply
        self.matches = matches
    }

    /// Returns the conjunction of two conditions.
    func and(_ other: QueryFilter) -> QueryFilter {
        QueryFilter(
            "\(name) and \(other.name)", field,
            { query in
                apply(&query)
                other.apply(&query)
            }, matches: { matches($0) && other.matches($0) })
    }

    /// Returns conditions on every field, suited to the jobs that the checks of queries use.
    static func all(of population: [JobRecord]) -> [QueryFilter] {
        let parent = population[1].id
        let states: [(String, [JobState])] = [
            ("a state", [.pending]), ("ended states", [.completed, .failed]),
            ("mixed states", [.running, .deadLettered, .cancelled]),
        ]
        let byState = states.map { name, states in
            QueryFilter(name, "states", { $0.states = states }, matches: { states.contains($0.state) })
        }
        let others = [
            QueryFilter("a type", "types", { $0.types = ["n.a"] }, matches: { $0.type == "n.a" }),
            QueryFilter(
                "types", "types", { $0.types = ["m.a", "plain"] }, matches: { ["m.a", "plain"].contains($0.type) }),
            QueryFilter("a domain", "domain", { $0.domain = "m" }, matches: { ["m.a", "m.b"].contains($0.type) }),
            QueryFilter("a group", "group", { $0.group = "g" }, matches: { $0.group == "g" }),
            QueryFilter(
                "priorities", "priorities", { $0.priorities = .normal ... .background },
                matches: { (128...192).contains($0.priority.rawValue) }),
            QueryFilter("a tag", "tags", { $0.tags = [Tag("n", "1")] }, matches: { $0.tags.contains(Tag("n", "1")) }),
            QueryFilter(
                "two tags", "tags", { $0.tags = [Tag("n", "2"), Tag("even", "true")] },
                matches: { $0.tags.contains(Tag("n", "2")) && $0.tags.contains(Tag("even", "true")) }),
            QueryFilter(
                "any of two tags", "anyTags", { $0.anyTags = [Tag("n", "1"), Tag("even", "true")] },
                matches: { $0.tags.contains(Tag("n", "1")) || $0.tags.contains(Tag("even", "true")) }),
            QueryFilter(
                "a tag's key", "tagKeyPrefix", { $0.tagKeyPrefix = "ev" },
                matches: { $0.tags.contains { $0.key == "even" } }),
            QueryFilter(
                "ids", "ids", { $0.ids = Set(population.prefix(30).map(\.id)) },
                matches: { record in population.prefix(30).contains { $0.id == record.id } }),
            QueryFilter("a key", "key", { $0.key = .text("key 5") }, matches: { $0.key == .text("key 5") }),
            QueryFilter("a parent", "parent", { $0.parent = parent }, matches: { $0.parent == parent }),
            QueryFilter(
                "the submission", "submitted", { $0.submitted = t(3)..<t(9) },
                matches: { $0.submittedAt >= t(3) && $0.submittedAt < t(9) }),
            QueryFilter(
                "the end", "finished", { $0.finished = t(112)..<t(118) },
                matches: { $0.finishedAt.map { $0 >= t(112) && $0 < t(118) } ?? false }),
        ]
        return byState + others
    }
}

extension JobQuery.Order {
    /// Returns the records that the order contains, in that order.
    func sorted(_ records: [JobRecord]) -> [JobRecord] {
        switch self {
        case .newestFirst:
            records.sorted { $0.id > $1.id }
        case .oldestFirst:
            records.sorted { $0.id < $1.id }
        case .lastFinishedFirst:
            records.filter(\.state.isTerminal)
                .sorted { ($0.finishedAt ?? .distantPast, $0.id) > ($1.finishedAt ?? .distantPast, $1.id) }
        }
    }
}
