import Foundation
import ToolOptions

/// The number of times that a row's workloads run.
enum Pace: Sendable {
    /// For about so long, but at least 15 times.
    case budget(Duration)
    case exactly(Int)

    private static let fewest = 15
    private static let most = 2000

    /// For how long a steady load is kept up.
    var steady: Duration {
        switch self {
        case .budget: .seconds(30)
        case .exactly: .seconds(1)
        }
    }

    func wantsMore(after rounds: Int, spent: Duration, most: Int?) -> Bool {
        if let most, rounds >= most { return false }
        return switch self {
        case .budget(let budget): rounds < Self.fewest || (spent < budget && rounds < Self.most)
        case .exactly(let count): rounds < count
        }
    }
}

/// Runs a row's workloads in turn, A B A B, so that what the machine does meanwhile happens to all of them.
struct Harness: Sendable {
    let pace: Pace
    let directory: String

    /// Measures a row: one measurement a workload, the subject's first.
    ///
    /// The first round of all is not counted, where the row warms up. Runs on the cooperative pool, as a server's code
    /// does: the main thread is woken by other means.
    @concurrent func measure(_ row: Row) async throws -> [Measurement] {
        let workloads = [row.subject].compactMap(\.self) + row.references
        var rounds: [[Sample]] = []
        if row.warmsUp {
            for workload in workloads { _ = try await sample(workload, of: row) }
        }
        let start = ContinuousClock.now
        while pace.wantsMore(after: rounds.count, spent: .now - start, most: row.rounds) {
            var round: [Sample] = []
            for workload in workloads { round.append(try await sample(workload, of: row)) }
            rounds.append(round)
        }
        return workloads.indices.map { column in
            let samples = rounds.map { $0[column] }
            var measurement = Measurement(
                name: workloads[column].name, store: row.store, jobs: workloads[column].jobs ?? row.jobs,
                times: samples.map(\.nanoseconds))
            measurement.figures = medians(of: samples.map(\.figures))
            // A steady load takes as long as it is told to, so what its times are is in the figures.
            if column == 0, row.subject != nil, !row.isLatency {
                for (index, reference) in row.references.enumerated() {
                    let ratios = rounds.map { $0[0].nanoseconds / $0[index + 1].nanoseconds }
                    measurement.ratios[reference.name] = ratios.median
                    if index == 0, reference.name.hasPrefix("floor/") { measurement.floorRatio = ratios.median }
                }
            }
            return measurement
        }
    }

    /// One iteration's time and figures.
    private struct Sample {
        let nanoseconds: Double
        let figures: [String: Double]
    }

    private func sample(_ workload: Workload, of row: Row) async throws -> Sample {
        var place = Place(store: row.store, directory: "\(directory)/millrace-bench-\(UUID().uuidString)")
        place.steady = pace.steady
        if row.store != .memory {
            do {
                try FileManager.default.createDirectory(atPath: place.directory, withIntermediateDirectories: true)
            } catch {
                throw UsageError("can't make a directory in \(directory): \(error.localizedDescription)")
            }
        }
        defer {
            if row.store != .memory { try? FileManager.default.removeItem(atPath: place.directory) }
        }
        let iteration = try await workload.prepare(place)
        let start = ContinuousClock.now
        try await iteration.run()
        let time = ContinuousClock.now - start
        return Sample(nanoseconds: time / .nanoseconds(1), figures: try await iteration.finish())
    }

    private func medians(of figures: [[String: Double]]) -> [String: Double] {
        Dictionary(grouping: figures.joined(), by: \.key).mapValues { $0.map(\.value).median }
    }
}
