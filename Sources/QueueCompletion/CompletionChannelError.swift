/// An error of the channel itself, as opposed to an error of a commit.
public struct CompletionChannelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A kind of error.
    public struct Code: Hashable, Sendable {
        private enum Value: Hashable {
            case alreadyConsumed
            case invalidOption
            case outcomeCount
            case notStored
        }

        private let value: Value

        /// The channel has a consumer already.
        public static let alreadyConsumed = Self(value: .alreadyConsumed)
        /// An option is out of its range.
        public static let invalidOption = Self(value: .invalidOption)
        /// The committer did not return one outcome for each item, so what became of the batch isn't known.
        public static let outcomeCount = Self(value: .outcomeCount)
        /// The item was still uncommitted when a drain's time was up, and was handed back by it.
        public static let notStored = Self(value: .notStored)
    }

    /// The kind of the error.
    public let code: Code

    /// A description for people; branch on ``code-swift.property``.
    public let description: String

    static let alreadyConsumed = Self(
        code: .alreadyConsumed, description: "The channel has a consumer already.")

    static let notStored = Self(
        code: .notStored, description: "The time for draining was up before the item was committed.")

    static func invalidOption(_ description: String) -> Self {
        Self(code: .invalidOption, description: description)
    }

    @usableFromInline
    static func outcomeCount(_ count: Int, expected: Int) -> Self {
        Self(code: .outcomeCount, description: "The committer returned \(count) outcomes for \(expected) items.")
    }
}

/// A send came after ``CompletionChannel/close()``; the channel did not keep the item.
public struct ChannelClosed<Item: Sendable>: Error {
    /// The item, given back.
    public let item: Item

    @usableFromInline
    init(item: Item) {
        self.item = item
    }
}
