package import QueueModel

/// Whether turns of several workers handed out jobs in their order (invariant I8), judged by when each began and
/// returned.
///
/// A turn that began after a job was in the file, and had returned before the turn began that handed the job out, has
/// passed it over. If it handed out a less urgent one instead, or one that came later, that was wrong. What overlaps is
/// not judged.
package enum ClaimOrder {
    /// One turn that handed out jobs.
    package struct Turn: Sendable {
        /// The time of its start, in nanoseconds.
        package var began: Int64
        /// The time of its return.
        package var returned: Int64
        /// The jobs that it handed out.
        package var claims: [LogLine.Claim]

        /// Creates a turn.
        package init(began: Int64, returned: Int64, claims: [LogLine.Claim]) {
            self.began = began
            self.returned = returned
            self.claims = claims
        }
    }

    /// Sentences of what was passed over.
    ///
    /// - Parameters:
    ///   - turns: The turns of all workers.
    ///   - free: The jobs that no gate holds back, with the time since when they were in the file.
    package static func faults(in turns: [Turn], free: [JobID: Int64]) -> [String] {
        let turns = turns.sorted { $0.began < $1.began }
        let begins = turns.map(\.began)
        var faults: [String] = []
        for (place, turn) in turns.enumerated() {
            for claim in turn.claims where claim.attempt == 1 {
                guard let since = free[claim.id], since < turn.began else { continue }
                var index = begins.partitioningIndex { $0 > since }
                while index < place {
                    defer { index += 1 }
                    let other = turns[index]
                    guard other.returned < turn.began else { continue }
                    guard let worse = other.claims.first(where: { (claim.priority, claim.id) < ($0.priority, $0.id) })
                    else { continue }
                    faults.append("I8: \(worse.id) was claimed, and \(claim.id) was there and comes first")
                    break
                }
            }
        }
        return faults
    }
}

extension Array {
    /// The first index of a sorted array from which on something holds.
    fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
