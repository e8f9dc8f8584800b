import Millrace

extension Pipeline {
    /// Opens the queue, with four domains and the settings that order their jobs.
    func openQueue() async throws -> JobQueue {
        let reader = FileReader(bytesPerSecond: options.bandwidth)
        return try await JobQueue(path: options.database, concurrency: options.concurrency) { configuration in
            // Slots are divided between the subtrees. Scans and sections, which have no group, share one of their own:
            // it gets a slot whatever the weights are, so that there is always something to divide.
            configuration.fairShare = FairSharePolicy(
                groups: options.weights.mapValues { FairSharePolicy.Share(weight: $0) },
                withoutGroup: FairSharePolicy.Share(weight: 2, minimumSlots: 1), urgent: .high)
            // A checksum that has waited for a quarter of a minute (2 s, and 128 steps to `high`) comes before all
            // shares.
            configuration.aging = AgingPolicy(grace: .seconds(2), interval: .milliseconds(100), ceiling: .high)
            if options.isPolite {
                configuration.pressure = [.cpu, .memory]
                configuration.ioBudget = IOBudget(.system)
            }
            configuration.setState(options.tree)
            // Outputs are needed until the report is written, and a kill is no job's fault here.
            configuration.retention = nil
            configuration.maximumCrashes = .max
        } domains: {
            Domain("scan") { Scan() }
            Domain("text") { Count(reader: reader) }
            // Each reads much; more than two at once gain nothing on one disk.
            Domain("checksum") { Checksum(reader: reader) }.concurrency(2)
            Domain("publish") { Publish(target: options.sections) }
            Domain("report") { MakeReport(path: options.report) }
        }
    }
}
