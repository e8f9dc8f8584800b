/// Something of the user's that a store does in the transaction that records a success (rule E8).
///
/// What it is, is between the user and the store: a store understands effects of its own making, and says so by
/// ``DispatchingStore/accepts(_:)``. A queue hands them through without a look.
public protocol CompletionEffect: AnyObject, Sendable {}
