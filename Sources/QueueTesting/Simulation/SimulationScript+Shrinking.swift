import QueueModel
public import QueueStoreKit

extension SimulationScript {
    /// A failing script, shortened as far as possible.
    public struct Failure: Sendable, CustomStringConvertible {
        /// The remaining script.
        public var script: SimulationScript
        /// The violations that it causes.
        public var violations: [String]

        /// The first violation, and the lines to paste into a test.
        public var description: String {
            """
            \(violations.first ?? ""), after this:

            let report = \(script).run()
            #expect(report.violations == [])
            """
        }
    }

    /// Runs the script and, if it violates an invariant, reduces it to a script that still violates the same one.
    ///
    /// Halves, quarters and so on down to single steps, then jobs of batches and settings of jobs, are left out as
    /// long as the script still fails (Zeller and Hildebrandt, “Simplifying and isolating failure-inducing input”,
    /// 2002). This takes at least as many runs as there are steps.
    ///
    /// - Parameter store: Creates the store of each run.
    /// - Returns: The reduced script, or `nil` if the script violates nothing.
    public func shrunk(
        on store: @escaping @Sendable () async throws -> any JobStore = { MemoryJobStore() }
    ) -> Failure? {
        guard let first = violations(on: store).first else { return nil }
        // The part before the colon names the invariant; a shorter script that violates another is a different finding.
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
            // Leaving out a late step may allow leaving out an earlier one.
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
    /// Slightly simpler versions of the step.
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
    /// Versions of the job with one setting fewer.
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
