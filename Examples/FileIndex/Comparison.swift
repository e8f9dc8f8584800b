import Foundation

/// Compares files byte for byte: an equal checksum alone does not make two files duplicates.
enum Comparison {
    /// Splits files into sets of equal content, in the order of the paths; a file without a partner is in none.
    ///
    /// Each file is compared with one of each set so far, which among files of equal checksums is one. A file that
    /// can't be read any more is in none.
    static func equalSets(of paths: [String], isCancelled: () -> Bool) throws -> [[String]] {
        var sets: [[String]] = []
        for path in paths {
            if isCancelled() { throw CancellationError() }
            if let place = sets.firstIndex(where: { haveSameContent($0[0], path) }) {
                sets[place].append(path)
            } else {
                sets.append([path])
            }
        }
        return sets.filter { $0.count > 1 }
    }

    private static func haveSameContent(_ one: String, _ other: String) -> Bool {
        guard let first = FileHandle(forReadingAtPath: one) else { return false }
        defer { try? first.close() }
        guard let second = FileHandle(forReadingAtPath: other) else { return false }
        defer { try? second.close() }
        while true {
            // A regular file gives what was asked for, until its end.
            guard let part = try? first.read(upToCount: 1 << 18) ?? Data(),
                let otherPart = try? second.read(upToCount: 1 << 18) ?? Data(), part == otherPart
            else { return false }
            if part.isEmpty { return true }
        }
    }
}
