import QueueModel

extension Statement {
    /// A column as an instant; `nil` where it is NULL.
    func timestamp(_ column: Int32) -> Timestamp? {
        optionalInt64(column).map { Timestamp(milliseconds: $0) }
    }

    /// A column as a unique key; `nil` where it is NULL.
    func key(_ column: Int32) -> UniqueKey? {
        if isNull(column) { return nil }
        return isText(column) ? .text(text(column)) : .payload(bytes(column))
    }

    func bind(_ key: UniqueKey?, at index: Int32) {
        switch key {
        case nil: bind(Int64?.none, at: index)
        case .text(let text): bind(text, at: index)
        case .payload(let bytes): bind(bytes, at: index)
        }
    }

    func bind(_ key: UniqueKey?, at parameter: Parameter, offset: Int32 = 0) {
        switch key {
        case nil: bind(Int64?.none, at: parameter, offset: offset)
        case .text(let string): bind(string, at: parameter, offset: offset)
        case .payload(let bytes): bind(bytes, at: parameter, offset: offset)
        }
    }

    /// Binds the kind and the message of a failure.
    func bind(_ failure: JobFailure?) {
        bind(failure.map { Int64($0.kind.rawValue) }, at: .failureKind)
        bind(failure?.message, at: .failure)
    }
}
