import QueueModel
import QueueStoreKit

/// The workers' views of the lanes.
struct ClaimViews: StoreComponent {
    let context: StoreContext

    /// The lanes as the worker sees them; `nil` while the whole queue is paused.
    func view(of worker: WorkerID, _ rules: AdmissionRules, at now: Timestamp) -> Int? {
        let (version, inForce) = context.pauses.inForce(at: now)
        if inForce.contains(where: { $0.target == .queue }) { return nil }
        let stamp = ClaimView.Stamp(generation: rules.generation, pauses: version)
        if let view = context.lanes.view(of: worker.rawValue, matching: stamp) { return view }
        return context.lanes.add(makeView(of: worker.rawValue, rules, at: now))
    }

    private func makeView(of worker: Int64, _ rules: AdmissionRules, at now: Timestamp) -> ClaimView {
        let (version, inForce) = context.pauses.inForce(at: now)
        let resolved = ClaimRules(rules, pauses: inForce, log: context.pauses.log, names: session.names)
        let stamp = ClaimView.Stamp(generation: rules.generation, pauses: version)
        return ClaimView(of: worker, stamp: stamp, rules: resolved, shares: shares(of: worker))
    }

    /// Runs `body` with a view that later changes do not update: the rules may be anyone's.
    ///
    /// Nobody has the number 0.
    func withView<Answer>(
        of worker: WorkerID?, _ rules: AdmissionRules, at now: Timestamp,
        _ body: (Int) throws(QueueError) -> Answer
    ) throws(QueueError) -> Answer {
        let number = worker?.rawValue ?? 0
        let stamp = ClaimView.Stamp(generation: rules.generation, pauses: context.pauses.inForce(at: now).version)
        let index =
            context.lanes.reusePreview(of: number, rules, matching: stamp)
            ?? context.lanes.addPreview(makeView(of: number, rules, at: now))
        defer { context.lanes.removePreview() }
        context.lanes.begin(ClaimView.Moment(now: now, ioBudget: rules.ioBudget), in: index)
        return try body(index)
    }

    /// How a worker's slots were divided so far.
    func shares(of worker: Int64) -> FairShare<Int64> {
        context.lanes.shares(of: worker) ?? context.savedShares[worker] ?? FairShare()
    }
}
