public import QueueModel

/// Why an effect could not be done; the success that it belongs to was not recorded.
///
/// Two are equal if they are of the same permanence and their errors have the same description.
public struct EffectFailure: Sendable {
    /// What the effect threw, or what the store has against it.
    public var error: any Error
    /// Whether the store knows that another attempt would fail in the same way.
    ///
    /// An error that disposes of its job itself comes first.
    public var isPermanent: Bool

    /// Makes a failure.
    public init(_ error: any Error, isPermanent: Bool = false) {
        self.error = error
        self.isPermanent = isPermanent
    }

    /// The failure of an effect that a store does not accept.
    public static func notAccepted(_ effect: any CompletionEffect) -> EffectFailure {
        EffectFailure(
            QueueError(.effectNotAccepted, "the queue's store can't do a \(type(of: effect))"), isPermanent: true)
    }
}

extension EffectFailure: Hashable {
    /// Whether two failures say the same.
    public static func == (left: EffectFailure, right: EffectFailure) -> Bool {
        left.isPermanent == right.isPermanent && left.description == right.description
    }

    /// Feeds in what is compared.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(isPermanent)
        hasher.combine(description)
    }
}

extension EffectFailure: CustomStringConvertible {
    /// The error's description.
    public var description: String { "\(error)" }
}
