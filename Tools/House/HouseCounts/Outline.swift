/// The declarations of one source file, found by their keywords and braces.
///
/// Declarations within functions' bodies belong to their function and are not listed. Both branches of an `#if` are.
package struct Outline: Sendable {
    package private(set) var declarations: [Declaration] = []
    package let tokens: [Token]
    package let documentation: [DocumentationBlock]

    /// The owner of an open brace or parenthesis.
    private enum Scope {
        case file
        case type(path: String, declaration: Int, makesPublic: Bool, publicCases: Bool)
        case body(declaration: Int, start: Int)
        /// Parentheses, brackets, and braces of no declaration.
        case group
    }

    private var scopes: [Scope] = [.file]
    /// The declaration whose body the next brace opens.
    private var pending: Int?

    package init(_ source: String) {
        let lexer = Lexer(source)
        tokens = lexer.tokens
        documentation = lexer.documentation
        for index in tokens.indices { read(index) }
    }

    private mutating func read(_ index: Int) {
        switch tokens[index].text {
        case "(", "[": scopes.append(.group)
        case ")", "]": close(index)
        case "{": open(index)
        case "}": close(index)
        default: readWord(index)
        }
    }

    private mutating func open(_ index: Int) {
        guard declares, let pending else {
            scopes.append(.group)
            return
        }
        self.pending = nil
        let declaration = declarations[pending]
        switch declaration.kind {
        case .type, .typeExtension:
            let keyword = text(back: declaration, from: index)
            let makesPublic = declaration.isPublic && (keyword == "protocol" || keyword == "extension")
            scopes.append(
                .type(
                    path: declaration.path, declaration: pending, makesPublic: makesPublic,
                    publicCases: declaration.isPublic))
        case .function, .property, .enumCase:
            scopes.append(.body(declaration: pending, start: index + 1))
        }
    }

    /// The keyword that began a declaration.
    private func text(back declaration: Declaration, from index: Int) -> String {
        var index = index
        let keywords: Set = ["protocol", "extension", "struct", "enum", "class", "actor"]
        while index > 0, tokens[index].line >= declaration.firstLine {
            if keywords.contains(tokens[index].text) { return tokens[index].text }
            index -= 1
        }
        return ""
    }

    private mutating func close(_ index: Int) {
        guard scopes.count > 1, let scope = scopes.popLast() else { return }
        switch scope {
        case .type(_, let declaration, _, _):
            declarations[declaration].lastLine = tokens[index].line
            pending = nil
        case .body(let declaration, let start):
            declarations[declaration].lastLine = tokens[index].line
            declarations[declaration].body = start..<index
            // An accessor or an observer may follow an initial value, but no second body is taken for one.
            pending = nil
        case .file, .group: break
        }
    }

    private var declares: Bool {
        switch scopes.last {
        case .file, .type: true
        case .body, .group, nil: false
        }
    }

    private var owner: String {
        if case .type(let path, _, _, _) = scopes.last { path } else { "" }
    }

    private mutating func readWord(_ index: Int) {
        guard declares, index == 0 || tokens[index - 1].text != "." else { return }
        switch tokens[index].text {
        case "struct", "enum", "protocol": declareType(index)
        case "class", "actor":
            guard let next = next(index), next.isWord, !Self.modifiers.contains(next.text) else { return }
            declareType(index)
        case "extension": declareExtension(index)
        case "func": declare(.function, operatorOrName(after: index), index)
        case "init":
            guard ["(", "?", "!", "<"].contains(next(index)?.text) else { return }
            declare(.function, "init", index)
        case "subscript": declare(.function, "subscript", index)
        case "var", "let": declareProperties(index)
        case "case": if !owner.isEmpty, let name = next(index)?.text { declare(.enumCase, name, index) }
        case "Mutex", "Atomic":
            if let pending, declarations[pending].kind == .property { declarations[pending].isLock = true }
        case "typealias", "associatedtype", "import", "deinit": pending = nil
        // Top-level code of a program.
        case "if", "for", "while", "do", "guard", "switch", "defer": if owner.isEmpty { pending = nil }
        default: break
        }
    }

    private static let modifiers: Set = ["func", "var", "let", "subscript", "override", "final", "public", "private"]

    private func next(_ index: Int) -> Token? {
        index + 1 < tokens.count ? tokens[index + 1] : nil
    }

    private func operatorOrName(after index: Int) -> String {
        guard let first = next(index) else { return "" }
        if first.isWord { return first.text }
        return tokens[(index + 1)...].prefix { $0.text != "(" && !$0.isWord }.map(\.text).joined()
    }

    private mutating func declareType(_ index: Int) {
        guard let next = next(index), next.isWord else { return }
        declare(.type, next.text, index)
    }

    private mutating func declareExtension(_ index: Int) {
        var path = ""
        for token in tokens[(index + 1)...] {
            guard token.isWord || token.text == ".", token.text != "where" else { break }
            path += token.text
        }
        declare(.typeExtension, path, index)
    }

    /// Declares `var a` or, for `let a, b: Int`, each of the names.
    private mutating func declareProperties(_ index: Int) {
        var position = index + 1
        // A pattern in parentheses, or a condition of an enclosing statement, declares nothing that counts by name.
        guard position < tokens.count, tokens[position].isWord else { return }
        declare(.property, tokens[position].text, index)
        while position + 2 < tokens.count, tokens[position + 1].text == ",", tokens[position + 2].isWord {
            position += 2
            declare(.property, tokens[position].text, index)
        }
    }

    private mutating func declare(_ kind: Declaration.Kind, _ name: String, _ index: Int) {
        let line = tokens[index].line
        var isPublic = false
        var isRestricted = false
        var back = index - 1
        while back >= 0, tokens[back].line == line, !["{", "}", ";"].contains(tokens[back].text) {
            switch tokens[back].text {
            case "public", "open": isPublic = true
            case "private", "fileprivate", "internal", "package":
                // The access to a setter says nothing of the property.
                if tokens[back + 1].text != "(" { isRestricted = true }
            case "_spi": isRestricted = true
            default: break
            }
            back -= 1
        }
        isPublic = isPublic && !isRestricted
        if case .type(_, _, let makesPublic, let publicCases) = scopes.last, !isRestricted {
            isPublic = isPublic || makesPublic || (kind == .enumCase && publicCases)
        }
        declarations.append(
            Declaration(
                kind: kind, name: name, owner: owner, isPublic: isPublic, firstLine: line, lastLine: line))
        pending = declarations.count - 1
    }
}
