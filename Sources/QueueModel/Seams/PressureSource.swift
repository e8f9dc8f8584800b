/// Reports how strained a resource is, so that a queue can hold back what is not urgent (rule D9).
public protocol PressureSource: Sendable {
    /// The name under which it is shown.
    var name: String { get }
    /// The present pressure, 0 (idle) to 1 (exhausted); what is outside of the range counts as its nearer end.
    ///
    /// Asked at most once a turn of the run loop; it must not block. What is dear to measure is measured elsewhere and told here.
    func pressure() -> Double
}
