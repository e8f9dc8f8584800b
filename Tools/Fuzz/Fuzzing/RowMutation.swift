import QueueTesting

/// SQL that puts into a queue's file what the queue itself never would.
enum RowMutation {
    /// The tables with their columns; those of the primary key stand first.
    private static let tables: [(name: String, columns: [String])] = [
        (
            "job",
            [
                "id", "type", "grp", "priority", "io_size", "state", "live", "flags", "attempt", "retries",
                "submitted_at", "worker", "started_at", "finished_at", "open_dependencies", "run_after", "expires_at",
                "dependencies", "key", "payload_version", "payload",
            ]
        ),
        (
            "job_extra",
            [
                "job", "parent", "origin", "open_children", "phase", "crashes", "solo_crashes", "paused_at",
                "paused_for", "cancel_requested_at", "child_failure", "label", "tags", "retry", "retry_delay",
                "timeout", "expected_io", "io", "failure_kind", "failure", "output", "checkpoint", "schedule", "due",
                "dependencies",
            ]
        ),
        ("payload", ["job", "bytes"]), ("job_type", ["id", "name"]), ("job_group", ["id", "name"]),
        ("dependency", ["on_job", "job"]), ("child", ["parent", "job"]),
        ("attempt", ["job", "number", "worker", "started_at", "ended_at", "failure_kind", "failure"]),
        ("tag", ["key", "value", "job"]),
        (
            "worker",
            [
                "id", "store", "host", "boot", "pid", "process_start", "opened_at", "renewed_at", "renewed_uptime",
                "lease", "running",
            ]
        ),
        ("pause", ["id", "scope", "name", "reason", "until", "laid_at", "stops"]),
        ("pause_past", ["id", "scope", "name", "laid_at", "until"]), ("bucket", ["scope", "name", "full_at"]),
        (
            "schedule",
            [
                "name", "next", "occurrences", "skipped", "last_job", "last_due", "paused_at", "registered_at",
                "recurrence", "time_to_live", "type", "grp", "priority", "key", "on_duplicate", "fail_fast", "label",
                "tags", "retry", "timeout", "expected_io", "payload_version", "payload",
            ]
        ),
        ("type_statistics", ["type", "tally"]), ("counter", ["name", "value"]),
    ]

    /// Their names.
    static var names: [String] { tables.map(\.name) }

    /// Objects that do not belong in a schema.
    private static let planted = [
        "CREATE TRIGGER planted AFTER UPDATE ON job BEGIN DELETE FROM job; END",
        "CREATE TRIGGER planted AFTER INSERT ON job BEGIN INSERT INTO job_type(name) VALUES(load_extension('x')); END",
        "CREATE TEMP TRIGGER planted AFTER INSERT ON job BEGIN DELETE FROM job; END",
        "DROP VIEW jobs; CREATE VIEW jobs AS SELECT randomblob(1000000000)",
        "DROP INDEX job_ready", "DROP TABLE tag", "ALTER TABLE job ADD COLUMN more",
        "CREATE TABLE guest(job REFERENCES job(id))", "CREATE INDEX planted ON job(hex(payload))",
        "CREATE VIEW millrace_view AS SELECT 1", "PRAGMA user_version = 0", "PRAGMA user_version = -1",
        "PRAGMA application_id = 0", "PRAGMA encoding = 'UTF-16'",
        "UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'tag'",
        "UPDATE sqlite_schema SET sql = 'x' WHERE name = 'tag'",
        "UPDATE sqlite_schema SET tbl_name = 'job' WHERE name = 'jobs'",
    ]

    /// A statement by chance.
    static func random(using generator: inout SplitMix64) -> String {
        let (table, columns) = generator.pick(generator.roll(2) == 0 ? Array(tables.prefix(2)) : tables)
        switch generator.roll(24) {
        case 0: return generator.pick(planted)
        case 1: return "DELETE FROM \(table) WHERE \(columns[0]) % 2 = 0"
        case 2: return "DELETE FROM \(table)"
        case 3:
            let values = columns.map { _ in value(using: &generator) }.joined(separator: ", ")
            return "INSERT OR REPLACE INTO \(table) VALUES(\(values))"
        case 4:
            return
                "INSERT OR REPLACE INTO \(generator.pick(["dependency", "child"])) VALUES(\(generator.roll(20)), \(generator.roll(20)))"
        default:
            let column = columns[generator.roll(columns.count)]
            let rows = generator.roll(3) == 0 ? "" : " WHERE \(columns[0]) = \(1 + generator.roll(16))"
            return "UPDATE OR IGNORE \(table) SET \(column) = \(value(using: &generator))\(rows)"
        }
    }

    /// A value by chance, as SQL has it.
    private static func value(using generator: inout SplitMix64) -> String {
        switch generator.roll(14) {
        case 0: return "NULL"
        case 1: return generator.pick(["1e300", "-1e300", "9e999", "-9e999", "0.5", "1e-300"])
        case 2:
            return generator.pick(["''", "'x'", "'work'", "'9:a'", "'1,2,3,4'", "char(0)", "'a' || char(0) || 'b'"])
        case 3: return "CAST(x'\(hex(generator.bytes(upTo: 24)))' AS TEXT)"
        case 4: return "x'\(hex(generator.bytes(upTo: 40)))'"
        case 5: return "zeroblob(\(generator.pick([0, 1, 7, 8, 16, 100_000])))"
        case 6: return "replace(hex(zeroblob(\(generator.pick([1, 300, 60_000])))), '00', 'é')"
        case 7:
            return generator.pick([
                "'every 1000'", "'backoff/1 constant 1'", "'retry/1 3'", "'* * * * *'", "'61 * * * *'",
            ])
        default: return sql(generator.hostileInteger())
        }
    }

    /// A number as SQL has it: the smallest can't be written as one.
    private static func sql(_ number: Int64) -> String {
        number == .min ? "(-9223372036854775807 - 1)" : "\(number)"
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
