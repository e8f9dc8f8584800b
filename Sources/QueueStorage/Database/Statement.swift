import CMillraceSQLite
import QueueModel
import QueueStoreKit

/// A prepared statement of one connection.
///
/// Columns are read by their index from 0. Parameters are bound by their number from 1, or by name where a statement
/// has more than four. The caller steps a statement until it is done or resets it; ``run()`` does both.
final class Statement {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    /// The numbers of the named parameters by ``Parameter/ordinal``: 0 for those that the statement does not have.
    ///
    /// Empty if there are none.
    private let numbers: [UInt8]
    #if DEBUG
        /// The named parameters that were never bound.
        private var unbound: Set<Parameter>
    #endif

    /// Makes SQLite copy what is bound.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// Prepares a statement.
    ///
    /// - Parameter persistent: Whether it is kept for as long as its connection.
    init(_ sql: String, on connection: Connection, persistent: Bool = true) throws(QueueError) {
        var prepared: OpaquePointer?
        let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let code = sqlite3_prepare_v3(connection.handle, sql, -1, flags, &prepared, nil)
        guard code == SQLITE_OK, let prepared else {
            throw SQLiteFailure.error(code, on: connection.handle, doing: "preparing a statement")
        }
        handle = prepared
        self.connection = connection.handle
        let numbers = Self.numbers(of: prepared)
        self.numbers = numbers
        #if DEBUG
            // Statements that are used once may only be explained.
            let isChecked = persistent && !numbers.isEmpty
            unbound = Set(Parameter.allCases.filter { isChecked && numbers[$0.ordinal] > 0 })
        #endif
    }

    /// Asks SQLite for the names of the parameters, once.
    ///
    /// Those of further rows have a suffix and are not looked for: see ``bind(_:at:offset:)``.
    private static func numbers(of handle: OpaquePointer) -> [UInt8] {
        let count = sqlite3_bind_parameter_count(handle)
        var numbers: [UInt8] = []
        for number in 0..<min(count, Int32(UInt8.max)) {
            guard let name = sqlite3_bind_parameter_name(handle, number + 1), name.pointee == CChar(UInt8(ascii: ":")),
                let ordinal = Parameter.ordinals[String(cString: name + 1)]
            else { continue }
            if numbers.isEmpty { numbers = Array(repeating: 0, count: Parameter.allCases.count) }
            numbers[ordinal] = UInt8(number + 1)
        }
        return numbers
    }

    deinit {
        sqlite3_finalize(handle)
    }

    // MARK: Running

    /// Goes to the next row; returns `false` at the end, where the statement is reset.
    func step() throws(QueueError) -> Bool {
        #if DEBUG
            assert(unbound.isEmpty, "parameters that were never bound: \(unbound)")
        #endif
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE {
            sqlite3_reset(handle)
            return false
        }
        let error = SQLiteFailure.error(code, on: connection, doing: "running a statement")
        sqlite3_reset(handle)
        throw error
    }

    /// Runs a statement to its end and ignores its rows.
    func run() throws(QueueError) {
        while try step() {}
    }

    /// Steps a statement without rows once and returns SQLite's result code.
    func stepCode() -> Int32 {
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        return code
    }

    /// Resets the statement: rows that were not read are dropped.
    func reset() {
        sqlite3_reset(handle)
    }

    // MARK: Binding by number

    /// Binds an integer.
    func bind(_ value: Int64, at index: Int32) {
        sqlite3_bind_int64(handle, index, value)
    }

    /// Binds an integer, or NULL.
    func bind(_ value: Int64?, at index: Int32) {
        if let value { sqlite3_bind_int64(handle, index, value) } else { sqlite3_bind_null(handle, index) }
    }

    /// Binds a string, which SQLite copies, or NULL.
    func bind(_ string: String?, at index: Int32) {
        guard var string else {
            sqlite3_bind_null(handle, index)
            return
        }
        if string.isEmpty {
            // The base address of an empty buffer may be nil, which would bind NULL.
            sqlite3_bind_text(handle, index, "", 0, Self.transient)
            return
        }
        string.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) {
                _ = sqlite3_bind_text(handle, index, $0.baseAddress, Int32(clamping: $0.count), Self.transient)
            }
        }
    }

    /// Binds bytes, which SQLite copies, or NULL.
    func bind(_ bytes: [UInt8]?, at index: Int32) {
        guard let bytes else {
            sqlite3_bind_null(handle, index)
            return
        }
        bytes.withUnsafeBytes { bind(copying: $0, at: index) }
    }

    private func bind(copying bytes: UnsafeRawBufferPointer, at index: Int32) {
        if bytes.isEmpty {
            sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(clamping: bytes.count), Self.transient)
        }
    }

    /// Binds bytes without a copy, and unbinds them after `body`.
    ///
    /// `body` steps and resets the statement.
    func withBound<Result>(
        _ bytes: [UInt8], at index: Int32, _ body: () throws(QueueError) -> Result
    ) throws(QueueError) -> Result {
        try bytes.withUnsafeBufferPointer { (buffer) throws(QueueError) -> Result in
            if buffer.isEmpty {
                sqlite3_bind_zeroblob(handle, index, 0)
            } else {
                sqlite3_bind_blob(handle, index, buffer.baseAddress, Int32(clamping: buffer.count), nil)
            }
            defer { sqlite3_bind_null(handle, index) }
            return try body()
        }
    }

    // MARK: Binding by name

    /// The number of a named parameter.
    @inline(__always)
    private func number(of parameter: Parameter, _ offset: Int32) -> Int32 {
        #if DEBUG
            assert(!numbers.isEmpty && numbers[parameter.ordinal] > 0, "the statement has no parameter \(parameter)")
            unbound.remove(parameter)
        #endif
        return Int32(numbers[parameter.ordinal]) + offset
    }

    /// Binds an integer, or NULL, to a named parameter.
    ///
    /// In a statement for several rows, whose parameters follow one another in the same order, `offset` is the number
    /// of parameters in the rows before. The other functions do the same.
    func bind(_ value: Int64?, at parameter: Parameter, offset: Int32 = 0) {
        bind(value, at: number(of: parameter, offset))
    }

    /// Binds a string, which SQLite copies, or NULL, to a named parameter.
    func bind(_ string: String?, at parameter: Parameter, offset: Int32 = 0) {
        bind(string, at: number(of: parameter, offset))
    }

    /// Binds bytes, which SQLite copies, or NULL, to a named parameter.
    func bind(_ bytes: [UInt8]?, at parameter: Parameter, offset: Int32 = 0) {
        bind(bytes, at: number(of: parameter, offset))
    }

    /// Binds bytes to a named parameter without a copy, and unbinds them after `body`.
    ///
    /// `body` steps and resets the statement.
    func withBound<Result>(
        _ bytes: [UInt8], at parameter: Parameter, _ body: () throws(QueueError) -> Result
    ) throws(QueueError) -> Result {
        try withBound(bytes, at: number(of: parameter, 0), body)
    }

    // MARK: Reading

    /// Returns a column as an integer, or 0 if it is NULL.
    func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// Returns a column as an integer, or `nil` if it is NULL.
    func optionalInt64(_ column: Int32) -> Int64? {
        isNull(column) ? nil : sqlite3_column_int64(handle, column)
    }

    /// Returns a column as a string, which is empty if the column is NULL.
    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Calls `body` with the UTF-8 bytes of a column; there are none if it is NULL.
    func withText<Result>(_ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let start = sqlite3_column_text(handle, column)
        let count = start == nil ? 0 : Int(sqlite3_column_bytes(handle, column))
        return body(UnsafeBufferPointer(start: start, count: count))
    }

    /// Returns a column as a string, or `nil` if it is NULL.
    func optionalText(_ column: Int32) -> String? {
        isNull(column) ? nil : text(column)
    }

    /// Returns a column as bytes, which are empty if the column is NULL.
    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, column))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Returns a column as bytes, or `nil` if it is NULL.
    func optionalBytes(_ column: Int32) -> [UInt8]? {
        isNull(column) ? nil : bytes(column)
    }

    /// Returns whether a column is NULL.
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// Returns whether a column is an integer.
    func isInteger(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_INTEGER }

    /// Returns whether a column is text rather than bytes or a number.
    func isText(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_TEXT }
}
