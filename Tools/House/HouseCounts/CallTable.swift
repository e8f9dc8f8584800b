/// The way of a job, as ARCHITECTURE.md has it: a Markdown table with the columns `#`, `call`, `in` and `file`.
///
/// A row says that the function `in`, which `file` declares, calls `call`:
///
///     | # | call | in | file |
///     |---|------|----|------|
///     | 1 | `SubmitFunnel.submit(_:)` | `JobQueue.submit(_:)` | `QueueDispatch/Queue/Submitting.swift` |
///
/// Functions may be written with their type, their labels, or neither; a closure is written as the function it stands
/// in. Computed properties and initializers (`Type.init`) count as functions. A file is given by the end of its path.
package struct CallTable: Sendable {
    package struct Row: Equatable, Sendable {
        package var number: String
        package var call: String
        package var caller: String
        package var file: String
    }

    package private(set) var rows: [Row] = []

    /// Finds the table in a document; it has no rows if there is none.
    package init(_ document: String) {
        var columns: [String: Int]?
        for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                columns = nil
                continue
            }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { $0.filter { $0 != "`" }.trimming() }
            guard let known = columns else {
                let found = Dictionary(cells.enumerated().map { ($1.lowercased(), $0) }) { first, _ in first }
                if ["call", "in", "file"].allSatisfy({ found[$0] != nil }) { columns = found }
                continue
            }
            if cells.allSatisfy({ $0.allSatisfy { $0 == "-" || $0 == ":" } }) { continue }
            func cell(_ name: String) -> String {
                known[name].flatMap { $0 < cells.count ? cells[$0] : nil } ?? ""
            }
            rows.append(Row(number: cell("#"), call: cell("call"), caller: cell("in"), file: cell("file")))
        }
    }

    /// The number of files that the rows name.
    package var fileCount: Int { Set(rows.map(\.file)).count }

    /// Returns the faults of the rows, one sentence each.
    package func faults(in tree: SourceTree) -> [String] {
        rows.compactMap { row in
            let place = "row \(row.number): "
            let files = tree.files.filter { $0.path == row.file || $0.path.hasSuffix("/" + row.file) }
            guard let file = files.first, files.count == 1 else {
                return place + (files.isEmpty ? "there is no file \(row.file)" : "\(row.file) is ambiguous")
            }
            let caller = FunctionName(row.caller)
            let bodies = file.outline.declarations.filter { caller.matches($0) }.compactMap(\.body)
            guard !bodies.isEmpty else { return place + "\(row.file) does not declare \(row.caller)" }
            let call = FunctionName(row.call)
            guard bodies.contains(where: { call.isCalled(in: file.outline.tokens[$0]) }) else {
                return place + "\(row.caller) does not call \(row.call)"
            }
            return nil
        }
    }
}

/// A function's name as people write it: `run`, `Worker.run()`, `Turn.init(batch:)`.
struct FunctionName {
    let type: String?
    let name: String

    init(_ text: String) {
        let parts = text.prefix { $0 != "(" && $0 != "<" && $0 != " " }.split(separator: ".")
        name = parts.last.map(String.init) ?? ""
        type = parts.count > 1 ? parts.dropLast().joined(separator: ".") : nil
    }

    /// Whether a declaration is this function.
    func matches(_ declaration: Declaration) -> Bool {
        guard declaration.kind == .function || declaration.kind == .property, declaration.body != nil else {
            return false
        }
        guard declaration.name == name else { return false }
        guard let type else { return true }
        return declaration.owner == type || declaration.owner.hasSuffix("." + type)
    }

    /// Whether tokens have the name; an initializer may be called by its type's.
    func isCalled(in tokens: ArraySlice<Token>) -> Bool {
        let names: Set<String> =
            if name == "init", let type = type?.split(separator: ".").last { ["init", String(type)] } else { [name] }
        return tokens.contains { names.contains($0.text) }
    }
}

extension String {
    fileprivate func trimming() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
