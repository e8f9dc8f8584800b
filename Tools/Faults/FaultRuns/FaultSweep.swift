/// Plays of one thing in which one call after the other goes wrong, until it is through without.
package struct FaultSweep {
    /// The way for calls to go wrong.
    package var kind: FaultKind
    /// The play.
    package var play: any FaultPlay
    /// The first call, from 1.
    package var first = 1
    /// The distance of each from the one before.
    package var stride = 1
    /// After how many points it ends; `nil`: when a play is through without a fault.
    package var limit: Int?

    /// Chooses so many points, evenly, of those that a play without faults shows there to be.
    package mutating func spread(over points: Int) async throws {
        let calls = try await play.run(kind.plan(call: .max)).calls
        stride = max(1, calls / points)
        first = 1 + stride / 2
    }

    /// Creates a sweep of all points.
    package init(_ kind: FaultKind, of play: any FaultPlay) {
        self.kind = kind
        self.play = play
    }

    /// The outcome of a sweep.
    package struct Result: Sendable {
        /// Runs in which something went wrong.
        package var points = 0
        /// Steps that threw, by the code of the error.
        package var errors: [String: Int] = [:]
        /// Steps that threw, have not happened, and happen if the process ends at that instant.
        package var happensOnCrash = 0
        /// The runs with problems: the number of the call, and what is wrong.
        package var failures: [(call: Int, problems: [String])] = []
    }

    /// Runs the points.
    ///
    /// `tell` hears of each that has problems, when it is found.
    package func run(_ tell: (_ call: Int, _ fired: [String], _ problems: [String]) -> Void) async throws -> Result {
        var result = Result()
        var call = first
        while limit.map({ result.points < $0 }) ?? true {
            let report = try await play.run(kind.plan(call: call))
            if !report.problems.isEmpty {
                result.failures.append((call, report.problems))
                tell(call, report.fired, report.problems)
            }
            if report.fired.isEmpty { return result }
            result.points += 1
            result.errors.merge(report.errors, uniquingKeysWith: +)
            result.happensOnCrash += report.happensOnCrash
            call += stride
        }
        return result
    }
}
