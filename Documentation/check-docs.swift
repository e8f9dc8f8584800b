import Foundation

// Reads the symbol graphs in a directory, and names the public symbols that have no documentation. Run by
// check-docs.sh, as a script, so that nothing but the toolchain is needed.

struct Graph: Decodable {
    struct Symbol: Decodable {
        struct Documentation: Decodable {}
        struct Location: Decodable {}

        var pathComponents: [String]
        var docComment: Documentation?
        var location: Location?
    }

    var symbols: [Symbol]
}

let directory = URL(filePath: CommandLine.arguments[1])
var count = 0
var bare: [String] = []
for file in try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
where file.lastPathComponent.hasSuffix(".symbols.json") && !file.lastPathComponent.contains("@") {
    // Symbols that the compiler makes, such as members of a synthesized conformance, have no location.
    let symbols = try JSONDecoder().decode(Graph.self, from: Data(contentsOf: file)).symbols.filter {
        $0.location != nil
    }
    count += symbols.count
    bare += symbols.filter { $0.docComment == nil }.map { $0.pathComponents.joined(separator: ".") }
}
for name in bare.sorted() { print("undocumented: \(name)") }
print("docs: \(count) public symbols, \(bare.count) undocumented")
exit(bare.isEmpty && count > 0 ? 0 : 1)
