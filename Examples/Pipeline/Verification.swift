import ExampleSupport
import Foundation

/// Works a tree off in a plain loop, to compare with what the queue has made of it.
struct Verification {
    let tree: Tree

    /// The differences of a report, one line each.
    func differences(from report: Report) -> [String] {
        var tally = Tally()
        add("", to: &tally)
        tally.arrange()
        let expected = Report(tally)
        if expected == report { return [] }
        var lines: [String] = []
        if expected.tally.total != report.tally.total {
            lines.append("the total is \(report.tally.total), a plain loop finds \(expected.tally.total)")
        }
        if expected.tally.unreadable != report.tally.unreadable {
            lines.append("unreadable are \(report.tally.unreadable), a plain loop finds \(expected.tally.unreadable)")
        }
        if lines.isEmpty { lines.append("the report differs from what a plain loop finds") }
        return lines
    }

    private func add(_ directory: String, to tally: inout Tally) {
        tally.directories += 1
        guard let entries = try? tree.list(directory) else {
            tally.unreadable.append(directory.isEmpty ? "." : directory)
            return
        }
        for entry in entries {
            if let bytes = entry.bytes {
                add(entry.path, bytes: bytes, to: &tally)
            } else {
                add(entry.path, to: &tally)
            }
        }
    }

    private func add(_ file: String, bytes: Int64, to tally: inout Tally) {
        guard let content = try? Data(contentsOf: URL(fileURLWithPath: tree.absolute(file)), options: .alwaysMapped)
        else {
            tally.unreadable.append(file)
            return
        }
        var counter = TextCounter()
        counter.add(content)
        tally.add(counter.tally(of: file))
        guard bytes >= tree.largeFrom else { return }
        var hash = FNV1a128()
        hash.update(content)
        tally.large.append(Tally.LargeFile(path: file, bytes: Int64(content.count), checksum: hash.digest))
    }
}
