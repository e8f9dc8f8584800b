/// What is known of a workload after its iterations, and what is saved of it: one JSON object.
struct Measurement: Codable {
    let name: String
    let medianNanoseconds: Double
    let deviationNanoseconds: Double
    let minimumNanoseconds: Double
    let iterations: Int
    let jobs: Int
    let store: StoreKind
    /// The median of the rounds' ratios to the floor's time; nil for the floors and for rows without one.
    var floorRatio: Double?
    /// The same for each reference, by name.
    var ratios: [String: Double] = [:]
    /// Further figures of the row, by name with its unit.
    var figures: [String: Double] = [:]
    /// Where and how the run was made; with the first row that was saved.
    var run: RunInfo?

    /// Sums up the iterations' times, in nanoseconds.
    init(name: String, store: StoreKind, jobs: Int, times: [Double]) {
        self.name = name
        self.store = store
        self.jobs = jobs
        medianNanoseconds = times.median
        deviationNanoseconds = times.medianAbsoluteDeviation
        minimumNanoseconds = times.min() ?? .nan
        iterations = times.count
    }

    /// The median time for one job.
    var nanosecondsPerJob: Double { medianNanoseconds / Double(jobs) }

    var jobsPerSecond: Double { 1e9 / nanosecondsPerJob }

    /// Transactions a second, where they were counted.
    var commitsPerSecond: Double? { figures["commits"].map { $0 * 1e9 / medianNanoseconds } }

    enum CodingKeys: String, CodingKey {
        case name, iterations, jobs, store, ratios, figures, run
        case medianNanoseconds = "median_ns"
        case deviationNanoseconds = "mad_ns"
        case minimumNanoseconds = "min_ns"
        case floorRatio = "floor_ratio"
    }
}
