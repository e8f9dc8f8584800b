import QueueModel

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A cache of the names of types and groups by id, and of the ids by name.
///
/// Rows of names are never changed or deleted, so what was committed stays true. After a rollback, what the transaction
/// added must be forgotten: call ``removeAll()``.
final class Names {
    private var types: [Int64: JobType] = [:]
    private var typeIDs: [ExactString: Int64] = [:]
    private var groups: [Int64: String] = [:]
    private var groupIDs: [ExactString: Int64] = [:]

    /// The number of cached names.
    var count: Int { types.count + groups.count }

    func type(_ id: Int64) -> JobType? { types[id] }
    func id(of type: JobType) -> Int64? { typeIDs[ExactString(type.rawValue)] }
    func group(_ id: Int64) -> String? { groups[id] }
    func id(ofGroup group: String) -> Int64? { groupIDs[ExactString(group)] }

    func add(_ type: JobType, _ id: Int64) {
        types[id] = type
        typeIDs[ExactString(type.rawValue)] = id
    }

    func add(group: String, _ id: Int64) {
        groups[id] = group
        groupIDs[ExactString(group)] = id
    }

    func removeAll() {
        types = [:]
        typeIDs = [:]
        groups = [:]
        groupIDs = [:]
    }
}

/// A string that equals another if their bytes are equal, as in SQLite.
///
/// To Swift, "é" as one scalar and as two are the same string.
private struct ExactString: Hashable {
    private var string: String

    init(_ string: String) {
        self.string = string
    }

    static func == (left: ExactString, right: ExactString) -> Bool {
        var (left, right) = (left.string, right.string)
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
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
