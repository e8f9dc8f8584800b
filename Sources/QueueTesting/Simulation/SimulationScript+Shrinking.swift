import QueueModel
public import QueueStoreKit

extension SimulationScript {
    /// A script that fails, as short as it could be made.
    public struct Failure: Sendable, CustomStringConvertible {
        /// What is left of the script.
        public var script: SimulationScript
        /// What it breaks.
        public var violations: [String]

        /// The finding, and the lines to paste into a test.
        public var description: String {
            """
            \(violations.first ?? ""), after this:

            let report = \(script).run()
            #expect(report.violations == [])
            """
        }
    }

    /// Runs the script; if it breaks anything, cuts it down to what still breaks the same invariant.
    ///
    /// Halves, quarters and so on down to single steps, and then jobs of batches and parts of jobs, are left out as long as it still fails
    /// (Zeller and Hildebrandt, “Simplifying and isolating failure-inducing input”, 2002). That takes as many runs as there are steps, and more.
    ///
    /// - Parameter store: Makes the store of each run.
    /// - Returns: What is left; `nil` if nothing is broken.
    public func shrunk(
        on store: @escaping @Sendable () async throws -> any JobStore = { MemoryJobStore() }
    ) -> Failure? {
        guard let first = violations(on: store).first else { return nil }
        // What comes before the colon names the invariant; a shorter script that breaks another one is another finding.
        let invariant = first.prefix { $0 != ":" }
        func stillFails(_ script: SimulationScript) -> Bool {
            script.violations(on: store).first?.prefix { $0 != ":" } == invariant
        }

        var left = self
        var size = max(1, left.steps.count / 2)
        while size >= 1 {
            let before = left.steps.count
            var start = 0
            while start < left.steps.count {
                var shorter = left
                shorter.steps.removeSubrange(start..<min(start + size, left.steps.count))
                if stillFails(shorter) { left = shorter } else { start += size }
            }
            // What is left out late may make room for leaving out something early.
            if size > 1 || left.steps.count == before { size /= 2 }
        }
        var index = 0
        while index < left.steps.count {
            if let simpler = left.steps[index].simpler.lazy.map({ left.replacing(index, $0) }).first(where: stillFails)
            {
                left = simpler
            } else {
                index += 1
            }
        }
        return Failure(script: left, violations: left.violations(on: store))
    }

    private func violations(on store: @escaping @Sendable () async throws -> any JobStore) -> [String] {
        run(on: store).violations
    }

    private func replacing(_ index: Int, _ step: Step) -> SimulationScript {
        var script = self
        script.steps[index] = step
        return script
    }
}

extension SimulationScript.Step {
    /// Steps that say a little less.
    fileprivate var simpler: [Self] {
        switch self {
        case .submit(let job, let worker):
            job.simpler.map { .submit($0, worker: worker) }
        case .submitBatch(let jobs, let worker):
            jobs.count == 1
                ? [.submit(jobs[0], worker: worker)]
                : jobs.indices.map { index in
                    var fewer = jobs
                    fewer.remove(at: index)
                    return .submitBatch(fewer, worker: worker)
                }
        default: []
        }
    }
}

extension SimulatedJob {
    /// Jobs that are a little more ordinary.
    fileprivate var simpler: [SimulatedJob] {
        let usual = SimulatedJob(attempts: [.succeed(1000)])
        func with(_ change: (inout SimulatedJob) -> Void) -> SimulatedJob {
            var job = self
            change(&job)
            return job
        }
        return [
            usual, with { $0.attempts = [] }, with { $0.type = 0 }, with { $0.priority = .normal },
            with { $0.group = nil },
            with { $0.key = nil }, with { $0.onDuplicate = .skip }, with { $0.after = [] },
            with { $0.policy = .cancel },
            with { $0.delay = 0 }, with { $0.timeToLive = nil }, with { $0.timeout = nil },
            with { $0.retries = 0 }, with { $0.retriesInPlace = false }, with { $0.children = 0 },
        ].filter { $0 != self && (self != usual) }
    }
}
