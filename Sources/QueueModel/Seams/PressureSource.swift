/// Reports how strained a resource is, so that a queue can hold back what is not urgent (rule D9).
///
/// A source of your own needs a name and a number:
///
///     struct Backlog: PressureSource {
///         let name = "uploads"
///         let uploads: UploadService
///         func pressure() -> Double { Double(uploads.waiting) / 1000 }
///     }
///
/// It is called from any thread, at most once a turn of the run loop and whenever somebody looks at the pressure.
public protocol PressureSource: Sendable {
    /// The name under which it is shown.
    var name: String { get }
    /// The present pressure, 0 (idle) to 1 (exhausted).
    ///
    /// What is outside of the range counts as its nearer end, and what is no number as 0. It must not block: what is dear to
    /// measure is measured elsewhere and told here. While nothing can be measured it answers 0, so that a blind source stops no
    /// job, and ``isAvailable`` tells that apart from idleness.
    func pressure() -> Double
    /// Whether the last measurement succeeded; `true` unless a source says otherwise.
    ///
    /// A queue that starts to run warns of each source that has nothing to measure.
    var isAvailable: Bool { get }
    /// Throws ``QueueError/Code/invalidOption`` if a setting of the source is outside of its range; by default none is.
    ///
    /// Called when a queue is made with the source.
    func validate() throws(QueueError)
}

extension PressureSource {
    /// Always: a source that counts by itself can be read.
    public var isAvailable: Bool { true }

    /// Accepts everything.
    public func validate() throws(QueueError) {}
}
