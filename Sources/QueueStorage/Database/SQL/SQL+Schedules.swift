import QueueModel
import QueueStoreKit

extension SQL {
    /// The statements for schedules.
    static let schedulesTexts: [SQL: SQLText] = [
        .putSchedule: """
        INSERT OR REPLACE INTO schedule(\(scheduleColumns))
        VALUES(\(.name), \(.next), \(.occurrences), \(.skipped), \(.lastJob), \(.lastDue),
          \(.pausedAt), \(.registeredAt), \(.recurrence), \(.timeToLive), \(.type), \(.group),
          \(.priority), \(.key), \(.onDuplicate), \(.failFast), \(.label), \(.tags),
          \(.retry), \(.timeout), \(.expectedIO), \(.payloadVersion), \(.payload))
        """,
        .schedule: "SELECT \(scheduleColumns) FROM schedule WHERE name = ?1",
        .schedules: "SELECT \(scheduleColumns) FROM schedule ORDER BY name",
        .agenda: """
        SELECT next, name, type, recurrence FROM schedule WHERE next IS NOT NULL AND paused_at IS NULL
        ORDER BY next, name
        """,
        .moveSchedule: """
        UPDATE schedule SET next = \(.next), occurrences = \(.occurrences), skipped = \(.skipped),
          last_job = \(.lastJob), last_due = \(.lastDue), paused_at = \(.pausedAt)
        WHERE name = \(.name)
        """,
        .pauseSchedule: "UPDATE schedule SET paused_at = ?2 WHERE name = ?1",
        .deleteSchedule: "DELETE FROM schedule WHERE name = ?1",
        .replacePredecessor: "UPDATE schedule SET last_job = ?3 WHERE name = ?1 AND last_job = ?2",
    ]
}
