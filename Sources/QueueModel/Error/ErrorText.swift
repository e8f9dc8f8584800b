/// What errors say that may stand in a log, an event or a record: the standard library's own print the values at fault.
package enum ErrorText {
    /// The description of an error; those of decoding and encoding are told without the value, and without the keys of dictionaries.
    package static func of(_ error: any Error) -> String {
        switch error {
        case let error as DecodingError: text(of: error)
        case EncodingError.invalidValue(_, let context):
            // Written by an encoder of this process about a type, and not read from a file.
            "a value can't be encoded at \(path(context.codingPath)): \(context.debugDescription)"
        default: "\(error)"
        }
    }

    private static func text(of error: DecodingError) -> String {
        switch error {
        case .typeMismatch(let type, let context): "no \(type) at \(path(context.codingPath))"
        case .valueNotFound(let type, let context): "no value where a \(type) should be, at \(path(context.codingPath))"
        case .keyNotFound(let key, let context): "no key \"\(key.stringValue)\" at \(path(context.codingPath))"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "not in the coder's format" : "no valid value at \(path(context.codingPath))"
        @unknown default: "it is not of the expected form"
        }
    }

    /// A place, such as `list[3].width`.
    ///
    /// Keys that are not of a user's type are those of dictionaries: values of the payload, and left out.
    private static func path(_ path: [any CodingKey]) -> String {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                let module = String(reflecting: type(of: key)).prefix { $0 != "." }
                let isOwn = !["Swift", "Foundation", "FoundationEssentials"].contains(module)
                text += (text.isEmpty ? "" : ".") + (isOwn ? key.stringValue : "*")
            }
        }
        return text.isEmpty ? "the top" : text
    }
}
