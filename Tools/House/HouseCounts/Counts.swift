/// A place that is above a limit, or a figure of one.
package struct Count: Equatable, Sendable {
    package var name: String
    package var count: Int

    package init(_ name: String, _ count: Int) {
        self.name = name
        self.count = count
    }
}

extension SourceTree {
    /// The number of members of each type of the libraries over its declaration and all its extensions, largest first.
    ///
    /// Functions, initializers, subscripts and properties count; nested types, cases and aliases do not. An extension
    /// in another module counts for the type of that name, unless its own module has one.
    package func members() -> [Count] {
        var modules: [String: Set<String>] = [:]
        for file in sources {
            for declaration in file.outline.declarations where declaration.kind == .type {
                modules[declaration.path, default: []].insert(file.module ?? "")
            }
        }
        var counts: [String: Int] = [:]
        for file in sources {
            for member in file.outline.declarations where member.isMember {
                let own = file.module ?? ""
                let homes = modules[member.owner] ?? []
                let home = homes.contains(own) || homes.count != 1 ? own : homes.first ?? own
                counts["\(home): \(member.owner)", default: 0] += 1
            }
        }
        return counts.map { Count($0.key, $0.value) }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    /// The functions and computed properties of a set of files by length, longest first.
    package func functionLengths(of files: [SourceFile]) -> [Count] {
        files.flatMap { file in
            file.outline.declarations.filter { $0.body != nil && ($0.kind == .function || $0.kind == .property) }
                .map { Count("\(file.path):\($0.firstLine) \($0.path)", $0.lineCount) }
        }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    /// The files of a set by length, longest first.
    package func fileLengths(of files: [SourceFile]) -> [Count] {
        files.map { Count($0.path, $0.lines.count) }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    /// The lines of a set of files that are wider than a number of characters.
    package func wideLines(of files: [SourceFile], above limit: Int) -> [Count] {
        files.flatMap { file in
            file.lines.enumerated().filter { $0.element.utf8.count > limit && $0.element.count > limit }
                .map { Count("\(file.path):\($0.offset + 1)", $0.element.count) }
        }
    }

    /// The modules that `import Millrace` shows: the umbrella and what it exports again.
    package func visibleModules(through umbrella: String = "Millrace") -> Set<String> {
        var modules: Set = [umbrella]
        for file in sources where file.module == umbrella {
            let tokens = file.outline.tokens
            for index in tokens.indices.dropLast()
            where tokens[index].text == "import"
                && tokens[..<index].suffix(2).contains(where: { $0.text == "_exported" || $0.text == "public" })
            {
                let line = tokens[index].line
                let isExported = tokens[..<index].reversed().prefix { $0.line == line }
                    .contains { $0.text == "_exported" }
                if isExported { modules.insert(tokens[index + 1].text) }
            }
        }
        return modules
    }

    /// The public types at the top level of a set of modules, by name.
    package func publicTypes(of modules: Set<String>) -> [String] {
        sources.filter { modules.contains($0.module ?? "") }.flatMap { file in
            file.outline.declarations.filter { $0.kind == .type && $0.owner.isEmpty && $0.isPublic }.map(\.name)
        }.sorted()
    }

    /// Those of a list of names that are a word of no guide.
    package func unmentioned(_ names: [String]) -> [String] {
        var words: Set<Substring> = []
        for text in guides.values {
            words.formUnion(text.split { !($0.isLetter || $0.isNumber || $0 == "_") })
        }
        return names.filter { !words.contains($0[...]) }
    }

    /// The documentation comments of public declarations in the libraries that name a rule, such as "(rule E4)".
    package func ruleNumbers() -> [Count] {
        sources.flatMap { file in
            file.outline.documentation.filter { block in
                let next = file.outline.declarations.filter { $0.firstLine > block.lastLine }
                    .min { $0.firstLine < $1.firstLine }
                return next?.isPublic ?? false && block.lines.contains(where: Self.namesRule)
            }.map { Count("\(file.path):\($0.firstLine)", $0.lines.count(where: Self.namesRule)) }
        }
    }

    /// Whether a line has a capital letter and a number of one or two digits as a word of its own.
    static func namesRule(_ line: String) -> Bool {
        line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }.contains { word in
            guard let first = word.first, first.isASCII, first.isUppercase, (2...3).contains(word.count) else {
                return false
            }
            return word.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
        }
    }

    /// The stored locks in the files below a folder.
    package func locks(below folder: String) -> [String] {
        files.filter { $0.path.hasPrefix(folder + "/") }.flatMap { file in
            file.outline.declarations.filter(\.isLock).map { "\($0.owner).\($0.name)" }
        }.sorted()
    }

    /// The number of files and lines of each module, and the median length of a file.
    package func modules() -> [(name: String, files: Int, lines: Int, median: Int)] {
        Dictionary(grouping: sources) { $0.module ?? "" }.sorted { $0.key < $1.key }.map { name, files in
            let lengths = files.map(\.lines.count).sorted()
            return (name, files.count, lengths.reduce(0, +), lengths[lengths.count / 2])
        }
    }
}
