import FaultVFS
import QueueModel
import QueueStorage
import QueueTesting

/// Power cuts after each change of a recorded script's files, and what a store finds afterwards.
///
/// It has to find the state after a number of whole steps, in their order: under `.full` after all that had returned; under `.normal` after all
/// that had returned before the last flush, at least; and a killed process loses none either way.
package struct CutSweep {
    private let recording: Recording
    private let directory: Directory
    /// The steps after which a file looks as those bytes do, so that none is opened twice.
    private var known: [Int: Finding] = [:]

    /// Prepares cuts of a recording.
    package init(_ recording: Recording) throws {
        self.recording = recording
        directory = try Directory()
    }

    /// One cut.
    package struct Point: Hashable, Sendable {
        /// The number of changes of files before it.
        package var change: Int
        /// What has reached the disk.
        package var cut: PowerCut
        /// Decides what the cut leaves open.
        package var seed: UInt64

        /// Names a cut.
        package init(change: Int, cut: PowerCut, seed: UInt64) {
            self.change = change
            self.cut = cut
            self.seed = seed
        }
    }

    /// What came of cuts.
    package struct Result: Sendable {
        /// Cuts that were made.
        package var cuts = 0
        /// Files, all different, that were opened because of them.
        package var files = 0
        /// Cuts after which steps that had returned were gone, which only `.normal` allows.
        package var shortened = 0
        /// The most steps that had returned and were gone.
        package var longestTail = 0
        /// Cuts after which something was wrong.
        package var failures = 0
    }

    private enum Finding {
        /// The steps after which a store looks like that, and those after which the copy does; `nil` without one.
        case state(Set<Int>, copy: Bool?)
        case broken([String])
    }

    /// Makes cuts after every `stride`th change, from the `first` on, with so many seeds each; `tell` hears of each that has problems.
    package mutating func run(
        first: Int = 0, stride: Int = 1, seeds: ClosedRange<UInt64> = 1...2, cuts: [PowerCut] = PowerCut.allCases,
        _ tell: (Point, [String]) -> Void
    ) async -> Result {
        var result = Result()
        var disk = Disk()
        var progress = Progress()
        var change = 0
        for event in recording.events {
            if case .mark(let number) = event {
                progress.note(number, in: recording)
                continue
            }
            if change >= first, (change - first) % stride == 0 {
                for cut in cuts {
                    let isPlain = cut == .nothing || cut == .everything
                    for seed in isPlain ? seeds.lowerBound...seeds.lowerBound : seeds {
                        let point = Point(change: change, cut: cut, seed: seed)
                        let problems = await examine(point, disk, progress, &result)
                        if problems.isEmpty { continue }
                        result.failures += 1
                        tell(point, problems)
                    }
                }
            }
            disk.apply(event)
            change += 1
        }
        return result
    }

    /// How far the script had come at an instant.
    private struct Progress {
        /// Steps that had begun.
        var begun = 0
        /// Steps that had returned.
        var ended = 0
        /// Steps that had to be safe from a loss of power.
        var safe = 0
        /// Whether the copy had to be there.
        var hasCopy = false

        mutating func note(_ number: Int, in recording: Recording) {
            begun = (number + 1) / 2
            ended = number / 2
            if number % 2 == 1 { return }
            let step = recording.expectation.script.steps[ended - 1]
            if recording.durability == .full || step.isFlush { safe = ended }
            if case .backup = step.action { hasCopy = true }
        }
    }

    private mutating func examine(
        _ point: Point, _ disk: Disk, _ progress: Progress, _ result: inout Result
    ) async -> [String] {
        var generator = SplitMix64(seed: point.seed &* 1_000_003 &+ UInt64(point.change))
        let files = disk.files(after: point.cut, using: &generator)
        result.cuts += 1
        let key = files.hashValue
        let finding: Finding
        if let found = known[key] {
            finding = found
        } else {
            finding = await look(at: files)
            known[key] = finding
            result.files += 1
        }
        switch finding {
        case .broken(let problems): return problems
        case .state(let steps, let copy):
            let least = point.cut == .everything ? progress.ended : progress.safe
            guard let reached = steps.filter({ $0 <= progress.begun }).max(), reached >= least else {
                return ["it shows what was after \(steps.sorted()) steps, it has to be \(least)…\(progress.begun)"]
            }
            if reached < progress.ended {
                result.shortened += 1
                result.longestTail = max(result.longestTail, progress.ended - reached)
            }
            if progress.hasCopy, copy != true { return ["the copy is gone or not whole"] }
            return []
        }
    }

    /// Opens what a cut has left.
    private func look(at files: [String: [UInt8]]) async -> Finding {
        directory.clear()
        for (path, bytes) in files {
            let isCopy = path.hasPrefix(recording.copy)
            let suffix = path.dropFirst((isCopy ? recording.copy : recording.database).count)
            Directory.write(bytes, to: (isCopy ? directory.copy : directory.database) + suffix)
        }
        do throws(QueueError) {
            var copy: Bool?
            if files[recording.copy] != nil { copy = try await isCopyWhole() }
            let store = try await SQLiteJobStore(at: .file(directory.database))
            let view = try await StoreView(of: store)
            var problems = try await store.check()
            let views = recording.expectation.views
            let steps = Set(views.indices.filter { views[$0] == view })
            if steps.isEmpty {
                let nearest = views.map { view.differences(from: $0) }.min { $0.count < $1.count } ?? []
                problems.append("it shows what never was: \(nearest.joined(separator: "\n    "))")
            }
            problems += try await goOn(store)
            await store.close()
            return problems.isEmpty ? .state(steps, copy: copy) : .broken(problems)
        } catch {
            return .broken(["\(error)"])
        }
    }

    /// Whether the copy is what was copied, and not empty; throws if it is neither.
    private func isCopyWhole() async throws(QueueError) -> Bool {
        let store = try await SQLiteJobStore(at: .file(directory.copy))
        let view = try await StoreView(of: store)
        let wrong = try await store.check()
        await store.close()
        if !wrong.isEmpty { throw QueueError(.corrupt, "the copy: \(wrong)") }
        return recording.expectation.script.steps.indices.contains { index in
            guard case .backup = recording.expectation.script.steps[index].action else { return false }
            return view == recording.expectation.views[index + 1]
        }
    }

    /// Works on with a store; says what is wrong after it.
    private func goOn(_ store: SQLiteJobStore) async throws(QueueError) -> [String] {
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let worker = try await store.openWorker(lease: .seconds(60), at: now)
        let id = try await store.submit(JobSubmission(type: "m.a", priority: .realtime), at: now).id
        let claim = ClaimRequest(worker: worker, limit: 100, rules: .script)
        let claimed = try await store.turn(finishing: [], claiming: claim, at: now).claimed
        guard let record = claimed.first(where: { $0.id == id }) else { return ["a new job can't be claimed"] }
        let completion = Completion(
            id: id, attempt: record.attempt, worker: worker, end: .success(output: nil), startedAt: now, endedAt: now)
        let outcomes = try await store.turn(finishing: [completion], claiming: nil, at: now).outcomes
        if outcomes != [.recorded(.completed)] { return ["no job can be completed: \(outcomes)"] }
        return try await store.check()
    }
}
