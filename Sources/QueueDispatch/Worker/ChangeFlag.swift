/// A note that something has changed, until somebody looks.
struct ChangeFlag: Hashable, Sendable {
    private var isSet: Bool

    init(isSet: Bool = false) {
        self.isSet = isSet
    }

    mutating func note() {
        isSet = true
    }

    /// Returns whether there is a change since the last look.
    mutating func take() -> Bool {
        defer { isSet = false }
        return isSet
    }
}
