import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Explains why a job is not running now, by the gates of a claim.
    func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) -> JobExplanation? {
        guard let entry = jobs[id] else { return nil }
        let record = entry.record
        let admission = Admission(rules, worker: worker, in: self, at: now)
        let domain = admission.domain(of: record.type)
        var answer = JobExplanation(job: record, domain: domain.map { rules.domains[$0].name } ?? "")
        if record.state.isTerminal || record.state == .running { return answer }

        answer.pauses = pauses.inForce(at: now).filter { [name = domain.map { rules.domains[$0].name }] in
            $0.target.covers(domain: name, group: record.group)
        }
        switch record.state {
        case .blocked:
            answer.obstacles = [
                .dependencies(JobExplanation.named(entry.openDependencies), count: entry.openDependencies.count)
            ]
        case .waiting:
            answer.obstacles = [.children(JobExplanation.named(entry.openChildren), count: entry.openChildren.count)]
        case .preempted:
            answer.obstacles = [.preempted]
        default:
            explainPending(entry, admission, &answer)
        }
        return answer
    }

    private func explainPending(_ entry: JobEntry, _ admission: Admission, _ answer: inout JobExplanation) {
        var admission = admission
        admission.prepare(entry.record)
        answer.effectivePriority = admission.effectivePriority(of: entry)
        guard let facts = admission.facts(of: entry.record) else {
            answer.obstacles = [.noExecutor]
            return
        }
        answer.obstacles = Gate.blocks(of: facts).map { .gate($0) }
        if answer.obstacles.isEmpty,
            let first = peek(admission.rules, worker: admission.worker, at: admission.now), first.id != entry.record.id
        {
            answer.obstacles = [.behind(first.id)]
        }
    }
}

extension JobExplanation {
    /// Returns the first of the jobs, as many as an explanation names.
    fileprivate static func named(_ ids: Set<JobID>) -> [JobID] {
        Array(ids.sorted().prefix(namedJobs))
    }
}
