/// A change of the user's that a store makes in the transaction that records a success.
///
/// Its meaning is between the user and the store: a store accepts only effects of its own kind. A queue passes
/// effects through without looking at them.
public protocol CompletionEffect: AnyObject, Sendable {}
