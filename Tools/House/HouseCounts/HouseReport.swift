/// The limits of the libraries.
package struct HouseLimits: Sendable {
    package var members = 45
    package var fileLines = 400
    package var functionLines = 60
    package var columns = 120
    package var publicTypes = 90
    package var locks = 3
    package var calls = 85
    package var callFiles = 35

    package init() {}
}

/// The table that `make house` prints, and whether a limit is broken.
package struct HouseReport: Sendable {
    package private(set) var lines: [String] = []
    /// The figures above a limit, one line each.
    package private(set) var faults: [String] = []

    private let limits: HouseLimits

    /// Counts a repository.
    ///
    /// - Parameters:
    ///   - tree: Its files.
    ///   - architecture: The text of ARCHITECTURE.md; `nil` if there is none, which is no fault.
    ///   - worker: The folder of what one worker is made of.
    ///   - limits: What is allowed.
    package init(_ tree: SourceTree, architecture: String?, worker: String, limits: HouseLimits = HouseLimits()) {
        self.limits = limits
        addModules(tree)
        row("what", "most", "limit", "above it")
        addSizes(tree)
        addPublicTypes(tree)
        addWorker(tree, worker)
        addCalls(tree, architecture)
    }

    private mutating func row(_ name: String, _ most: String, _ limit: String, _ above: String) {
        lines.append(Self.padded(name, 44) + Self.padded(most, 8) + Self.padded(limit, 8) + above)
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private mutating func addModules(_ tree: SourceTree) {
        row("module", "files", "lines", "median")
        for module in tree.modules() {
            row(module.name, "\(module.files)", "\(module.lines)", "\(module.median)")
        }
        let lengths = tree.sources.map(\.lines.count).sorted()
        let median = lengths.isEmpty ? 0 : lengths[lengths.count / 2]
        row("all", "\(lengths.count)", "\(lengths.reduce(0, +))", "\(median)")
        lines.append("")
    }

    /// Adds a row for counts that each have one limit.
    private mutating func add(_ what: String, _ counts: [Count], limit: Int) {
        let above = counts.filter { $0.count > limit }
        row(what, "\(counts.map(\.count).max() ?? 0)", "\(limit)", "\(above.count)")
        faults += above.map { "\(what): \($0.count) in \($0.name)" }
    }

    private mutating func addSizes(_ tree: SourceTree) {
        let others = tree.files.filter { $0.module == nil }
        add("members of a type", tree.members(), limit: limits.members)
        add("lines of a file in Sources", tree.fileLengths(of: tree.sources), limit: limits.fileLines)
        add("lines of a file elsewhere", tree.fileLengths(of: others), limit: limits.fileLines)
        add("lines of a function in Sources", tree.functionLengths(of: tree.sources), limit: limits.functionLines)
        add("lines of a function elsewhere", tree.functionLengths(of: others), limit: limits.functionLines)
        add(
            "columns of a line in Sources", tree.wideLines(of: tree.sources, above: limits.columns),
            limit: limits.columns)
        let rules = tree.ruleNumbers()
        row("rule numbers in public documentation", "\(rules.reduce(0) { $0 + $1.count })", "0", "\(rules.count)")
        faults += rules.map { "a rule number in public documentation: \($0.name)" }
    }

    private mutating func addPublicTypes(_ tree: SourceTree) {
        let names = tree.publicTypes(of: tree.visibleModules())
        row(
            "types that `import Millrace` shows", "\(names.count)", "\(limits.publicTypes)",
            names.count > limits.publicTypes ? "\(names.count - limits.publicTypes)" : "0")
        if names.count > limits.publicTypes { faults.append("`import Millrace` shows \(names.count) types") }
        let unmentioned = tree.unmentioned(names)
        row("of these in no guide", "\(unmentioned.count)", "0", "\(unmentioned.count)")
        faults += unmentioned.map { "in no guide: \($0)" }
    }

    private mutating func addWorker(_ tree: SourceTree, _ folder: String) {
        let locks = tree.locks(below: folder)
        row("locks in \(folder)", "\(locks.count)", "\(limits.locks)", "\(max(0, locks.count - limits.locks))")
        if locks.count > limits.locks {
            faults.append("\(locks.count) locks in \(folder): \(locks.joined(separator: ", "))")
        }
        let all = Set(tree.sources.compactMap(\.module)).sorted()
        for module in all {
            let count = tree.locks(below: "Sources/\(module)").count
            if count > 0 { row("locks in Sources/\(module)", "\(count)", "", "") }
        }
    }

    private mutating func addCalls(_ tree: SourceTree, _ architecture: String?) {
        guard let architecture else { return }
        let table = CallTable(architecture)
        row(
            "calls from submit() to the event", "\(table.rows.count)", "\(limits.calls)",
            "\(max(0, table.rows.count - limits.calls))")
        row(
            "files on this way", "\(table.fileCount)", "\(limits.callFiles)",
            "\(max(0, table.fileCount - limits.callFiles))")
        if table.rows.isEmpty { faults.append("ARCHITECTURE.md has no table of calls") }
        if table.rows.count > limits.calls { faults.append("the way of a job has \(table.rows.count) calls") }
        if table.fileCount > limits.callFiles { faults.append("the way of a job has \(table.fileCount) files") }
        faults += table.faults(in: tree).map { "ARCHITECTURE.md, \($0)" }
    }
}
