package import FaultVFS
import QueueTesting

/// Something that was played once, with all that it did to files, and what its files may look like after the power has
/// failed.
package protocol CutPlay {
    /// The findings in files.
    associatedtype Finding: Sendable

    /// The changes of files, with marks for what was seen from outside.
    var events: [FileEvent] { get }

    /// Records a mark that was reached.
    mutating func note(_ mark: Int)

    /// Opens files in a directory.
    func look(at files: [String: [UInt8]], in directory: Directory) async -> Finding

    /// What is wrong with what was found after a cut, as far as was seen from outside until then; counts what is
    /// missing and may be.
    mutating func judge(_ finding: Finding, after cut: PowerCut, _ result: inout CutResult) -> [String]
}

extension CutPlay {
    /// The changes before which as much as ever was written and is not yet on the disk: the syncs of its files.
    package var changesBeforeSyncs: [Int] {
        let changes = events.filter { if case .mark = $0 { false } else { true } }
        return changes.indices.filter { if case .sync = changes[$0] { true } else { false } }
    }
}

/// One power cut.
package struct CutPoint: Hashable, Sendable {
    /// The number of changes of files before it.
    package var change: Int
    /// The contents of the disk.
    package var cut: PowerCut
    /// Decides what the cut leaves open.
    package var seed: UInt64
}

/// The outcome of power cuts.
package struct CutResult: Sendable {
    /// Cuts that were made.
    package var cuts = 0
    /// Files, all different, that were opened because of them.
    package var files = 0
    /// Cuts after which something was gone that had returned, which only `.normal` allows.
    package var shortened = 0
    /// The most that was gone.
    package var longestTail = 0
    /// Cuts after which something was wrong.
    package var failures = 0
}

/// Power cuts after each change of files, and what is found afterwards.
package struct CutSweep {
    /// The first change that the power fails before; from 0.
    package var first = 0
    /// The distance of each from the one before; `.max` for only the first.
    package var stride = 1
    /// The seeds of what a cut leaves open.
    package var seeds: ClosedRange<UInt64> = 1...2
    /// The possible contents of the disk.
    package var cuts = PowerCut.allCases

    /// Creates a sweep of all cuts.
    package init() {}

    /// Chooses so many changes, evenly, and one seed each.
    package mutating func spread(over changes: Int, of play: some CutPlay) {
        let all = play.events.count { if case .mark = $0 { false } else { true } }
        stride = max(1, all / changes)
        first = stride / 2
        seeds = 1...1
    }

    /// Runs the cuts.
    ///
    /// `tell` hears of each that has problems, when it is found. Files that are equal are opened once.
    package func run<Play: CutPlay>(_ play: Play, _ tell: (CutPoint, [String]) -> Void) async throws -> CutResult {
        let directory = try Directory()
        var play = play
        var result = CutResult()
        var disk = Disk()
        var known: [Int: Play.Finding] = [:]
        var change = 0
        for event in play.events {
            if case .mark(let number) = event {
                play.note(number)
                continue
            }
            if isMeant(change) {
                for point in points(at: change) {
                    result.cuts += 1
                    var generator = SplitMix64(seed: point.seed &* 1_000_003 &+ UInt64(change))
                    let files = disk.files(after: point.cut, using: &generator)
                    let key = files.hashValue
                    let finding: Play.Finding
                    if let found = known[key] {
                        finding = found
                    } else {
                        finding = await play.look(at: files, in: directory)
                        known[key] = finding
                        result.files += 1
                    }
                    let problems = play.judge(finding, after: point.cut, &result)
                    if problems.isEmpty { continue }
                    result.failures += 1
                    tell(point, problems)
                }
            }
            disk.apply(event)
            change += 1
        }
        return result
    }

    private func isMeant(_ change: Int) -> Bool {
        stride == .max ? change == first : change >= first && (change - first) % stride == 0
    }

    private func points(at change: Int) -> [CutPoint] {
        cuts.flatMap { cut in
            let isPlain = cut == .nothing || cut == .everything
            return (isPlain ? seeds.lowerBound...seeds.lowerBound : seeds).map {
                CutPoint(change: change, cut: cut, seed: $0)
            }
        }
    }
}
