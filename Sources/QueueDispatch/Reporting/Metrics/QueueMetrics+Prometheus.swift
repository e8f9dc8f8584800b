public import QueueModel
import QueueStoreKit

extension QueueMetrics {
    /// The media type to serve ``prometheusText(labels:)`` with.
    public static let prometheusContentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Returns the metrics in the Prometheus text exposition format 0.0.4.
    ///
    /// ``QueueMetric`` has the names and their meanings. Series are written in a fixed order. Their number grows with
    /// the numbers of registered job types and pressure sources, never with the number of jobs.
    ///
    /// - Parameter labels: Labels of every series, by name, such as the name of the queue.
    /// - Throws: ``QueueError/Code/invalidOption`` for a label name that contains anything but letters, digits and `_`,
    ///   begins with a digit or with `__`, or is one of the metrics' own: `type`, `outcome`, `state`, `source`, `le`.
    public func prometheusText(labels: [String: String] = [:]) throws(QueueError) -> String {
        let constant = labels.sorted { $0.key < $1.key }.map { QueueMetric.Label($0.key, $0.value) }
        for label in constant { try label.validate() }
        var text = PrometheusText(constant: constant)
        let types = types.sorted { $0.key.rawValue < $1.key.rawValue }
        for metric in QueueMetric.all {
            text.begin(metric)
            switch metric {
            case .submissions: write(submissions, to: &text)
            case .started:
                for (type, figures) in types { text.add(Double(figures.started), of: metric, [.type(type)]) }
            case .attempts:
                for (type, figures) in types {
                    for outcome in AttemptOutcome.allCases {
                        guard let count = figures.attempts[outcome] else { continue }
                        text.add(Double(count), of: metric, [.type(type), .outcome(outcome)])
                    }
                }
            case .queueWait:
                for (type, figures) in types { text.add(figures.queueWait, of: metric, [.type(type)]) }
            case .runDuration:
                for (type, figures) in types {
                    for outcome in AttemptOutcome.allCases {
                        guard let histogram = figures.durations[outcome] else { continue }
                        text.add(histogram, of: metric, [.type(type), .outcome(outcome)])
                    }
                }
            case .batchSize: text.add(batchSize, of: metric)
            case .commitTime: text.add(commitTime, of: metric)
            case .running: text.add(Double(running), of: metric)
            case .concurrency: text.add(Double(concurrency), of: metric)
            case .uncommitted: text.add(Double(uncommitted), of: metric)
            case .jobs:
                for state in JobState.allCases { text.add(Double(jobs[state]), of: metric, [.state(state)]) }
            case .pressure: writePressure(to: &text)
            default: break
            }
        }
        return text.text
    }

    private func write(_ submissions: Submissions, to text: inout PrometheusText) {
        let counts: [(SubmitOutcome, Int)] = [
            (.inserted(JobID(0)), submissions.inserted), (.duplicate(of: JobID(0)), submissions.duplicates),
            (.upgraded(JobID(0)), submissions.upgraded), (.rerunQueued(JobID(0)), submissions.rerunsQueued),
            (.superseded(old: JobID(0), by: JobID(0)), submissions.superseded),
            (.rejected(existing: JobID(0)), submissions.rejected),
        ]
        for (outcome, count) in counts { text.add(Double(count), of: .submissions, [.outcome(outcome)]) }
    }

    /// Sources of the same name would be the same series; the highest value counts, as it does for the queue.
    private func writePressure(to text: inout PrometheusText) {
        let highest = Dictionary(pressure.map { ($0.name, $0.value) }, uniquingKeysWith: max)
        for (name, value) in highest.sorted(by: { $0.key < $1.key }) {
            text.add(value, of: .pressure, [QueueMetric.Label("source", name)])
        }
    }
}

extension QueueMetric.Label {
    fileprivate func validate() throws(QueueError) {
        let bytes = Array(name.utf8)
        func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || byte == UInt8(ascii: "_")
        }
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard let first = bytes.first, isLetter(first), bytes.allSatisfy({ isLetter($0) || isDigit($0) }),
            !name.hasPrefix("__")
        else {
            throw QueueError(
                .invalidOption,
                """
                the label "\(name)" must be made of letters, digits and "_", and begin with neither a digit nor "__"
                """
            )
        }
        if ["type", "outcome", "state", "source", "le"].contains(name) {
            throw QueueError(.invalidOption, "the label \"\(name)\" is one of the metrics' own")
        }
    }
}
