/// A word, a number, a string literal (without its contents) or one character of punctuation.
package struct Token: Equatable, Sendable {
    package var text: String
    package var line: Int

    /// Whether this is a name or a keyword.
    package var isWord: Bool {
        text.utf8.first.map { Lexer.isWordByte($0) && !(0x30...0x39).contains($0) } ?? false
    }
}

/// Neighboring lines of documentation (`///`).
package struct DocumentationBlock: Equatable, Sendable {
    package var lines: [String]
    package var firstLine: Int
    package var lastLine: Int { firstLine + lines.count - 1 }
}

/// Splits Swift source into tokens, and keeps documentation comments apart.
///
/// Other comments and the contents of string literals and of regular expressions between slashes are dropped;
/// expressions interpolated into strings are dropped with them.
package struct Lexer {
    package private(set) var tokens: [Token] = []
    package private(set) var documentation: [DocumentationBlock] = []

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1

    package init(_ source: String) {
        bytes = Array(source.utf8)
        while index < bytes.count { readNext() }
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
        default: false
        }
    }

    private func byte(_ offset: Int = 0) -> UInt8? {
        index + offset < bytes.count ? bytes[index + offset] : nil
    }

    private func isNext(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[index...].starts(with: $0) }
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            index += 1
        }
    }

    private mutating func readNext() {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): advance()
        case UInt8(ascii: "/") where isNext("//"): readLineComment()
        case UInt8(ascii: "/") where isNext("/*"): skipBlockComment()
        case UInt8(ascii: "/") where beginsExpression && self.byte(1) != UInt8(ascii: " "): skipRegex()
        case UInt8(ascii: "\""): readString(pounds: 0)
        case UInt8(ascii: "#"): readPounds()
        case UInt8(ascii: "`"): advance()
        case _ where Self.isWordByte(byte): readWord()
        default:
            tokens.append(Token(text: String(UnicodeScalar(byte)), line: line))
            advance()
        }
    }

    private var beginsExpression: Bool {
        guard let last = tokens.last else { return false }
        return ["(", ",", "=", ":", "[", "return"].contains(last.text)
    }

    private mutating func readWord() {
        let start = index
        while let byte = byte(), Self.isWordByte(byte) { index += 1 }
        tokens.append(Token(text: String(decoding: bytes[start..<index], as: UTF8.self), line: line))
    }

    private mutating func readLineComment() {
        let start = index
        while let byte = byte(), byte != UInt8(ascii: "\n") { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard text.hasPrefix("///"), !text.hasPrefix("////") else { return }
        if documentation.last?.lastLine == line - 1, tokens.last?.line ?? 0 < line - 1 {
            documentation[documentation.count - 1].lines.append(text)
        } else {
            documentation.append(DocumentationBlock(lines: [text], firstLine: line))
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if isNext("/*") {
                depth += 1
                advance(2)
            } else if isNext("*/") {
                depth -= 1
                advance(2)
            } else {
                advance()
            }
        } while depth > 0 && index < bytes.count
    }

    private mutating func skipRegex() {
        advance()
        while let byte = byte(), byte != UInt8(ascii: "/"), byte != UInt8(ascii: "\n") {
            advance(byte == UInt8(ascii: "\\") ? 2 : 1)
        }
        advance()
        tokens.append(Token(text: "/…/", line: line))
    }

    /// Reads a raw string or the `#` of a directive.
    private mutating func readPounds() {
        var pounds = 0
        while byte(pounds) == UInt8(ascii: "#") { pounds += 1 }
        if byte(pounds) == UInt8(ascii: "\"") {
            advance(pounds)
            readString(pounds: pounds)
        } else {
            tokens.append(Token(text: "#", line: line))
            advance()
        }
    }

    private mutating func readString(pounds: Int) {
        let start = line
        let quotes = isNext("\"\"\"") ? 3 : 1
        advance(quotes)
        while let byte = byte() {
            if byte == UInt8(ascii: "\\"), hasPounds(pounds, after: 1) {
                advance(1 + pounds)
                if self.byte() == UInt8(ascii: "(") { skipInterpolation() } else { advance() }
            } else if byte == UInt8(ascii: "\""), endsString(quotes: quotes, pounds: pounds) {
                advance(quotes + pounds)
                break
            } else {
                advance()
            }
        }
        tokens.append(Token(text: "\"\"", line: start))
    }

    private func hasPounds(_ count: Int, after offset: Int) -> Bool {
        (0..<count).allSatisfy { byte(offset + $0) == UInt8(ascii: "#") }
    }

    private func endsString(quotes: Int, pounds: Int) -> Bool {
        (quotes == 1 || isNext("\"\"\"")) && hasPounds(pounds, after: quotes)
    }

    /// Skips a parenthesized expression, in which there may be further strings.
    private mutating func skipInterpolation() {
        let kept = tokens.count
        var depth = 0
        repeat {
            switch byte() {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            default: break
            }
            readNext()
        } while depth > 0 && index < bytes.count
        tokens.removeSubrange(kept...)
    }
}
