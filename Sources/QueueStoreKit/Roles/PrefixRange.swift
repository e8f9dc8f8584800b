/// The texts that begin with a prefix, as a range in the order of their bytes, in which an index has them.
package struct PrefixRange: Hashable, Sendable {
    /// The first text.
    package let lower: String
    /// The first text behind them; `nil` if nothing can be behind.
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

    /// Whether a text begins with the prefix, byte by byte.
    package func contains(_ text: String) -> Bool { text.utf8.starts(with: lower.utf8) }
}
