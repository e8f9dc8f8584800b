/// Something that must not be.
package struct Finding: Hashable, Sendable {
    /// What the last line of a run counts it as.
    package enum Kind: Hashable, Sendable, CaseIterable {
        /// What was acknowledged, or seen, is not in the file.
        case lost
        /// Something stands twice, ran after its end, or ended twice.
        case doubled
        /// More ran at once than a limit allows.
        case overLimit
        /// Another process's lock reached a caller.
        case busy
        /// Anything else.
        case wrong
    }

    /// What it counts as.
    package var kind: Kind
    /// What is wrong, with the ids concerned.
    package var text: String

    /// Makes a finding.
    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}
