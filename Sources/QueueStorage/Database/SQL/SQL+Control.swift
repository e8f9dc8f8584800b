import QueueModel
import QueueStoreKit

extension SQL {
    /// The statements for pauses.
    static let controlTexts: [SQL: SQLText] = [
        .pauses: "SELECT scope, name, reason, until, laid_at, stops FROM pause ORDER BY id",
        .insertPause: """
        INSERT INTO pause(scope, name, reason, until, laid_at, stops)
        VALUES(\(.scope), \(.name), \(.reason), \(.until), \(.now), \(.stops))
        """,
        .notePast: """
        INSERT INTO pause_past(scope, name, laid_at, until)
        SELECT scope, name, laid_at, min(?4, coalesce(until, ?4)) FROM pause
        WHERE scope = ?1 AND name = ?2 AND (?3 IS NULL OR reason = ?3)
        """,
        .noteLapsed: """
        INSERT INTO pause_past(scope, name, laid_at, until)
        SELECT scope, name, laid_at, until FROM pause WHERE until <= ?1
        """,
        .trimPast: "DELETE FROM pause_past WHERE id <= (SELECT max(id) FROM pause_past) - \(PauseLog.capacity)",
        .pastPauses: "SELECT scope, name, laid_at, until FROM pause_past ORDER BY id",
        .deletePause: "DELETE FROM pause WHERE scope = ?1 AND name = ?2 AND (?3 IS NULL OR reason = ?3)",
        .deleteLapsed: "DELETE FROM pause WHERE until <= ?1",
    ]
}
