import CMillraceSQLite
import QueueModel
import Testing

@testable import QueueStorage

@Suite("Statements")
struct StatementTests {
    /// The names of a statement's parameters, as SQLite has them.
    private func parameters(of sql: SQL) throws -> [String] {
        let connection = try Database.open(.memory, SQLiteStoreOptions())
        var handle: OpaquePointer?
        #expect(sqlite3_prepare_v2(connection.handle, sql.text, -1, &handle, nil) == SQLITE_OK)
        defer { sqlite3_finalize(handle) }
        return (0..<sqlite3_bind_parameter_count(handle)).map { number in
            sqlite3_bind_parameter_name(handle, number + 1).map { String(cString: $0) } ?? ""
        }
    }

    @Test("the ordinal of a parameter is its place among all cases")
    func ordinals() {
        #expect(Parameter.allCases.map(\.ordinal) == Array(Parameter.allCases.indices))
        #expect(Parameter.ordinals.count == Parameter.allCases.count)
    }

    @Test("parameters have known names, or numbers where there are at most four", arguments: SQL.allCases)
    func names(_ sql: SQL) throws {
        let parameters = try parameters(of: sql)
        if parameters.allSatisfy({ $0.hasPrefix("?") }) {
            #expect(parameters.count <= 4)
            #expect(parameters == (0..<parameters.count).map { "?\($0 + 1)" })
            return
        }
        for parameter in parameters {
            let name = parameter.dropFirst().split(separator: "_")
            #expect(parameter.hasPrefix(":") && Parameter.ordinals[String(name[0])] != nil, "\(parameter)")
        }
    }

    @Test("every name belongs to a statement")
    func used() throws {
        var unused = Set(Parameter.allCases)
        for sql in SQL.allCases {
            for name in try parameters(of: sql) {
                Parameter(rawValue: String(name.dropFirst())).map { _ = unused.remove($0) }
            }
        }
        #expect(unused.isEmpty)
    }

    @Test(
        "the parameters of each row follow those of the row before in the same order",
        arguments: [
            (SQL.insertJobs, SQL.insertParameters, SQL.insertWidth), (.insertTags, SQL.tagParameters, SQL.tagWidth),
        ])
    func rows(_ sql: SQL, _ width: Int, _ rows: Int) throws {
        let parameters = try parameters(of: sql)
        // The parameters before the first row are those of all rows.
        let shared = parameters.count - width * rows
        let first = parameters[shared..<shared + width]
        for row in 1..<rows {
            let start = shared + row * width
            #expect(Array(parameters[start..<start + width]) == first.map { "\($0)_\(row)" })
        }
    }

    @Test("SQL has stored constants by their names")
    func constants() {
        #expect("\(state: .ready)" as SQLText == "\(StoredState.ready.rawValue)")
        #expect("\(above: .preempted), \(below: .completed)" as SQLText == "9, 15")
        #expect("\(flags: [.hasExtra, .hasReported])" as SQLText == "\(2048 + 8192)")
        #expect("\(.id), \(.id, row: 0), \(.id, row: 2)" as SQLText == ":id, :id, :id_2")
    }

    @Test("statements that a query makes stay prepared, the least recent one goes")
    func cache() throws {
        let session = Session(try Database.open(.memory, SQLiteStoreOptions()))
        let first = try session.statement("SELECT 1")
        for number in 2...16 { _ = try session.statement("SELECT \(number)") }
        #expect(try session.statement("SELECT 1") === first)
        for number in 17...31 { _ = try session.statement("SELECT \(number)") }
        #expect(try session.statement("SELECT 1") === first)
        for number in 32...47 { _ = try session.statement("SELECT \(number)") }
        #expect(try session.statement("SELECT 1") !== first)
    }
}
