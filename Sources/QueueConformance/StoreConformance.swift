/// The checks that every ``JobStore`` passes, whatever it keeps its jobs in.
///
/// A store's author runs them in three lines:
///
///     @Test(arguments: StoreConformance.checks)
///     func conforms(_ check: ConformanceCheck) async throws { try await check.run(MyFactory()) }
///
/// Each check makes a store of its own, passes every instant explicitly, waits for no time to pass, and ends with the store's
/// own ``MaintainingStore/check()``. Its name starts with the rule that it is about.
public enum StoreConformance {
    /// All checks, grouped by role.
    public static let checks: [ConformanceCheck] =
        submitting + submissionContent + uniqueness + batches
        + claiming + scheduling + limits + finishing + effects + leases + retrying + recovery + signals
        + rates + aging + fairShare + preempting + preempted + ioBudget + explaining + explainingGates
        + dependencies + dependencyPolicies + children + kin + breadth + cancelling + resubmitting + pausing
        + recurring + recurringFiring + recurringControl
        + querying + paging + looking + bulk + bulkChanging + statistics + snapshots + expiring + upkeep
}
