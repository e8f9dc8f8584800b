import QueueModel

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Names of types and groups by their numbers and back.
///
/// Rows of names are never changed or deleted, so what was committed stays true. What a transaction added that was rolled
/// back must be forgotten: ``removeAll()``.
final class Names {
    private var types: [Int64: JobType] = [:]
    private var typeIDs: [ExactText: Int64] = [:]
    private var groups: [Int64: String] = [:]
    private var groupIDs: [ExactText: Int64] = [:]

    /// How many names are known.
    var count: Int { types.count + groups.count }

    func type(_ id: Int64) -> JobType? { types[id] }
    func id(of type: JobType) -> Int64? { typeIDs[ExactText(type.rawValue)] }
    func group(_ id: Int64) -> String? { groups[id] }
    func id(ofGroup group: String) -> Int64? { groupIDs[ExactText(group)] }

    func add(_ type: JobType, _ id: Int64) {
        types[id] = type
        typeIDs[ExactText(type.rawValue)] = id
    }

    func add(group: String, _ id: Int64) {
        groups[id] = group
        groupIDs[ExactText(group)] = id
    }

    func removeAll() {
        types = [:]
        typeIDs = [:]
        groups = [:]
        groupIDs = [:]
    }
}

/// A text that equals another if its bytes do, as in SQLite.
///
/// To Swift, "é" in one scalar and in two are the same text.
private struct ExactText: Hashable {
    private var text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ExactText, right: ExactText) -> Bool {
        var (left, right) = (left.text, right.text)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard left.count == right.count, let left = left.baseAddress, let end = right.baseAddress else {
                    return left.count == right.count
                }
                return memcmp(left, end, right.count) == 0
            }
        }
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
