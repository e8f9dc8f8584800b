import QueueModel
import QueueStoreKit
import Synchronization

/// The source of the rules that a store claims by: limits that can change while the queue runs, and what is measured.
final class ClaimRulesSource: Sendable {
    private let planner: Mutex<AdmissionPlanner>
    private let gauge: Mutex<IOGauge?>
    private let measuresIO: Bool
    private let sources: [any PressureSource]
    private let policy: PressurePolicy
    private let log: any LogSink
    private let ticker: Ticker

    init(configuration: QueueConfiguration, registry: Registry, ticker: Ticker) throws(QueueError) {
        planner = Mutex(AdmissionPlanner(configuration: configuration, registry: registry))
        let gauge = try configuration.ioBudget.map { (budget) throws(QueueError) in try IOGauge(budget) }
        measuresIO = gauge != nil
        self.gauge = Mutex(gauge)
        sources = configuration.pressure
        policy = configuration.pressurePolicy
        log = configuration.log
        self.ticker = ticker
    }

    /// How many jobs this worker runs at once.
    var concurrency: Int { planner.withLock { $0.concurrency } }

    /// The limits as they are set now, with what was measured last; nothing is measured.
    var limits: AdmissionRules { planner.withLock { $0.current() } }

    /// The rules of a claim at this instant; measures the pressure and the throughput where it is time to.
    func current() -> AdmissionRules {
        let pressure = sources.isEmpty ? 0 : HighestPressure.read(sources)
        let leastPriority = policy.leastPriority(at: pressure)
        var rules = planner.withLock { planner in
            planner.setLeastPriority(leastPriority)
            return planner.current()
        }
        if measuresIO { rules.ioBudget = measuredBudget() }
        return rules
    }

    /// Changes limits; they count from the next claim on.
    func change<Result>(_ body: (inout AdmissionPlanner) -> Result) -> Result {
        planner.withLock { body(&$0) }
    }

    /// What each pressure source reports now, in the order in which they were configured.
    func pressure() -> [PressureReading] {
        sources.map { PressureReading($0) }
    }

    /// Logs a warning for each pressure source that can't be measured here.
    func warnOfUnavailableSources() {
        for reading in pressure() where !reading.isAvailable {
            log.log(.warning, "the pressure source \"\(reading.name)\" can't be measured here, and holds back nothing")
        }
    }

    private func measuredBudget() -> IOAmount? {
        let (amount, failure) = gauge.withLock { gauge in
            let failure = gauge?.update(at: ticker.now())
            return (gauge?.amount, failure)
        }
        if let failure {
            log.log(.warning, "what the machine moves can't be measured, and limits nothing: \(failure)")
        }
        return amount
    }
}
