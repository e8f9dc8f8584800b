/// The strings that begin with a prefix, as a range in the byte order of an index.
package struct PrefixRange: Hashable, Sendable {
    /// The first string.
    package let lower: String
    /// The first string after the range; `nil` if there is none.
    package let upper: String?

    package init(_ prefix: String) {
        lower = prefix
        // UTF-8 keeps the order of the scalars, so the next of the last one is behind all that begins with it.
        var scalars = prefix.unicodeScalars
        var upper: String?
        while upper == nil, let last = scalars.popLast() {
            // Between the two lie the surrogates, which are no scalars.
            let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
            if let scalar = Unicode.Scalar(next) {
                scalars.append(scalar)
                upper = String(scalars)
            }
        }
        self.upper = upper
    }

    /// Returns whether a string begins with the prefix, byte by byte.
    package func contains(_ text: String) -> Bool { text.utf8.starts(with: lower.utf8) }
}
