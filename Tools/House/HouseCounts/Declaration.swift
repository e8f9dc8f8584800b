/// A type, an extension, or a member: what a source file declares outside of functions' bodies.
package struct Declaration: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// A structure, enumeration, class, actor or protocol.
        case type
        case typeExtension
        /// A function, an initializer (`init`) or a subscript (`subscript`).
        case function
        case property
        case enumCase
    }

    package var kind: Kind
    /// The name without its owner; of an extension the extended type, with dots.
    package var name: String
    /// The type that it is a member of, with dots; empty at the top level.
    package var owner: String
    /// Whether other modules see it, provided that they see its owner.
    package var isPublic: Bool
    package var firstLine: Int
    package var lastLine: Int
    /// The indexes of the tokens between the braces; `nil` without a body.
    package var body: Range<Int>?
    /// Whether it is a stored lock: a property whose type or value is a `Mutex` or an `Atomic`.
    package var isLock = false

    /// The type with its owners, or the extended type.
    package var path: String {
        kind == .typeExtension || owner.isEmpty ? name : "\(owner).\(name)"
    }

    /// Whether it counts as a member: a function, an initializer, a subscript, or a property.
    package var isMember: Bool { !owner.isEmpty && (kind == .function || kind == .property) }

    package var lineCount: Int { lastLine - firstLine + 1 }
}
