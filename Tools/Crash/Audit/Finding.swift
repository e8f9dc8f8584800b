/// Something that must not be.
package struct Finding: Hashable, Sendable {
    /// The word under which the last line of a run counts it.
    package enum Kind: Hashable, Sendable, CaseIterable {
        /// A job that was acknowledged, or seen, is not in the file.
        case lost
        /// A job is stored twice, ran after its end, or ended twice.
        case doubled
        /// More ran at once than a limit allows.
        case overLimit
        /// Another process's lock reached a caller.
        case busy
        /// Anything else.
        case wrong
    }

    /// The kind of the finding.
    package var kind: Kind
    /// The fault, with the affected ids.
    package var text: String

    /// Creates a finding.
    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}
