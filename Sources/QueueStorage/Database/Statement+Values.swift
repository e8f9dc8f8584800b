import QueueModel

extension Statement {
    /// Returns a column as a timestamp, or `nil` if it is NULL.
    func timestamp(_ column: Int32) -> Timestamp? {
        optionalInt64(column).map { Timestamp(milliseconds: $0) }
    }

    /// Returns a column as a unique key, or `nil` if it is NULL.
    func key(_ column: Int32) -> Uniqueness.Key? {
        if isNull(column) { return nil }
        return isText(column) ? .text(text(column)) : .payload(bytes(column))
    }

    /// Binds a unique key, or NULL.
    func bind(_ key: Uniqueness.Key?, at index: Int32) {
        switch key {
        case nil: bind(Int64?.none, at: index)
        case .text(let string): bind(string, at: index)
        case .payload(let bytes): bind(bytes, at: index)
        }
    }

    /// Binds a unique key, or NULL, to a named parameter.
    func bind(_ key: Uniqueness.Key?, at parameter: Parameter, offset: Int32 = 0) {
        switch key {
        case nil: bind(Int64?.none, at: parameter, offset: offset)
        case .text(let string): bind(string, at: parameter, offset: offset)
        case .payload(let bytes): bind(bytes, at: parameter, offset: offset)
        }
    }

    /// Binds the kind and the message of a failure, or NULL, to ``Parameter/failureKind`` and ``Parameter/failure``.
    func bind(_ failure: JobFailure?) {
        bind(failure.map { Int64($0.kind.rawValue) }, at: .failureKind)
        bind(failure?.message, at: .failure)
    }
}
