/// The checks that every ``JobStore`` must pass.
///
/// Run them on a store in a test of three lines:
///
///     @Test(arguments: StoreConformance.checks)
///     func conforms(_ check: ConformanceCheck) async throws { try await check.run(MyFactory()) }
///
/// Each check creates its own store, passes all times explicitly, never waits, and ends with the store's own
/// ``MaintainingStore/check()``. Its name begins with the number of its rule.
public enum StoreConformance {
    /// All checks, grouped by role.
    public static let checks: [ConformanceCheck] = [
        SubmittingChecks.all, SubmissionContentChecks.all, UniquenessChecks.all, BatchesChecks.all, ClaimingChecks.all,
        SchedulingChecks.all, LimitsChecks.all, FinishingChecks.all, EffectsChecks.all, LeasesChecks.all,
        RetryingChecks.all, RecoveryChecks.all, SignalsChecks.all, RatesChecks.all, AgingChecks.all,
        FairShareChecks.all, PreemptingChecks.all, PreemptedChecks.all, IOBudgetChecks.all, ExplainingChecks.all,
        ExplainingGatesChecks.all, DependenciesChecks.all, DependencyPoliciesChecks.all, ChildrenChecks.all,
        RelativesChecks.all, BreadthChecks.all, CancellingChecks.all, ResubmittingChecks.all, PausingChecks.all,
        RecurringChecks.all, RecurringFiringChecks.all, RecurringControlChecks.all, QueryingChecks.all,
        PagingChecks.all, LookingChecks.all, BulkChecks.all, BulkChangingChecks.all, StatisticsChecks.all,
        SnapshotsChecks.all, ExpiringChecks.all, UpkeepChecks.all,
    ].flatMap { $0 }
}
