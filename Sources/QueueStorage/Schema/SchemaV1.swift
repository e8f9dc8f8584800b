/// The tables and indexes of version 1, exactly as SQLite stores their text.
///
/// A job has one row for its whole life. The columns that most updates change come first and keep their size, so that
/// SQLite writes a row in place. `worker`, `started_at` and `finished_at` hold a value of the right size before they
/// have a meaning: the first two from `attempt` > 0, the last once `live` is NULL. `live` is 1 until the job has ended,
/// and NULL afterwards. Each index adds to the cost of every insert and of every change to a column that it or its
/// condition names, so there are few.
enum SchemaV1 {
    static let job: SQLText = """
        CREATE TABLE job(
          id INTEGER PRIMARY KEY, type INTEGER NOT NULL, grp INTEGER NOT NULL, priority INTEGER NOT NULL,
          io_size INTEGER NOT NULL, state INTEGER NOT NULL, live INTEGER, flags INTEGER NOT NULL, \
        attempt INTEGER NOT NULL,
          retries INTEGER NOT NULL, submitted_at INTEGER NOT NULL, worker INTEGER NOT NULL,
          started_at INTEGER NOT NULL, finished_at INTEGER NOT NULL, open_dependencies INTEGER NOT NULL,
          run_after INTEGER, expires_at INTEGER, dependencies BLOB, key ANY, payload_version INTEGER NOT NULL, \
        payload BLOB
        ) STRICT
        """

    /// The columns that few jobs need.
    ///
    /// A row exists only if one of them is set, which a flag of the job shows: each column of a row adds to the cost of
    /// every insert and every update.
    static let jobExtra: SQLText = """
        CREATE TABLE job_extra(
          job INTEGER PRIMARY KEY, parent INTEGER, origin INTEGER, open_children INTEGER NOT NULL DEFAULT 0,
          phase INTEGER NOT NULL DEFAULT 0, crashes INTEGER NOT NULL DEFAULT 0, solo_crashes INTEGER NOT NULL DEFAULT 0,
          paused_at INTEGER, paused_for INTEGER NOT NULL DEFAULT 0, cancel_requested_at INTEGER,
          child_failure TEXT, label TEXT, tags TEXT, retry TEXT, retry_delay INTEGER, timeout INTEGER,
          expected_io TEXT, io TEXT, failure_kind INTEGER, failure TEXT, output BLOB, checkpoint BLOB,
          schedule TEXT, due INTEGER, dependencies BLOB
        ) STRICT
        """

    /// All objects by name, in the order of creation.
    static let objects: [(name: String, sql: SQLText)] = [
        ("job", job),
        ("job_extra", jobExtra),
        ("payload", "CREATE TABLE payload(job INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT"),
        ("job_type", "CREATE TABLE job_type(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT"),
        ("job_group", "CREATE TABLE job_group(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT"),
        // The dependents of a job. The dependencies of a job are a list in its row: an index of this table would double
        // the cost of each edge.
        (
            "dependency",
            """
            CREATE TABLE dependency(
              on_job INTEGER NOT NULL, job INTEGER NOT NULL, PRIMARY KEY(on_job, job)
            ) STRICT, WITHOUT ROWID
            """
        ),
        (
            "child",
            """
            CREATE TABLE child(parent INTEGER NOT NULL, job INTEGER NOT NULL, PRIMARY KEY(parent, job)) STRICT, \
            WITHOUT ROWID
            """
        ),
        (
            "attempt",
            """
            CREATE TABLE attempt(
              job INTEGER NOT NULL, number INTEGER NOT NULL, worker INTEGER NOT NULL, started_at INTEGER NOT NULL,
              ended_at INTEGER NOT NULL, failure_kind INTEGER, failure TEXT, PRIMARY KEY(job, number)
            ) STRICT, WITHOUT ROWID
            """
        ),
        (
            "tag",
            """
            CREATE TABLE tag(
              key TEXT NOT NULL, value TEXT NOT NULL, job INTEGER NOT NULL, PRIMARY KEY(key, value, job)
            ) STRICT, WITHOUT ROWID
            """
        ),
        (
            "worker",
            """
            CREATE TABLE worker(
              id INTEGER PRIMARY KEY, store INTEGER NOT NULL, host TEXT NOT NULL, boot TEXT NOT NULL,
              pid INTEGER NOT NULL, process_start TEXT NOT NULL, opened_at INTEGER NOT NULL,
              renewed_at INTEGER NOT NULL, renewed_uptime INTEGER NOT NULL, lease INTEGER NOT NULL, \
            running BLOB NOT NULL DEFAULT x''
            ) STRICT
            """
        ),
        (
            "pause",
            """
            CREATE TABLE pause(
              id INTEGER PRIMARY KEY, scope INTEGER NOT NULL, name TEXT NOT NULL, reason TEXT NOT NULL,
              until INTEGER, laid_at INTEGER NOT NULL, stops INTEGER NOT NULL, UNIQUE(scope, name, reason)
            ) STRICT
            """
        ),
        // The last pauses that have ended: the time under them does not count as waiting.
        (
            "pause_past",
            """
            CREATE TABLE pause_past(
              id INTEGER PRIMARY KEY, scope INTEGER NOT NULL, name TEXT NOT NULL, laid_at INTEGER NOT NULL,
              until INTEGER NOT NULL
            ) STRICT
            """
        ),
        // Token buckets of the rates of types (scope 0) and groups (scope 1); one without a row is full.
        (
            "bucket",
            """
            CREATE TABLE bucket(
              scope INTEGER NOT NULL, name TEXT NOT NULL, full_at INTEGER NOT NULL, PRIMARY KEY(scope, name)
            ) STRICT, WITHOUT ROWID
            """
        ),
        // Recurring jobs: their progress, their next occurrence, and the job that they submit. A row is small unless
        // the payload is large; the columns that a firing changes come first.
        (
            "schedule",
            """
            CREATE TABLE schedule(
              name TEXT PRIMARY KEY NOT NULL, next INTEGER, occurrences INTEGER NOT NULL, skipped INTEGER NOT NULL,
              last_job INTEGER, last_due INTEGER, paused_at INTEGER, registered_at INTEGER NOT NULL,
              recurrence TEXT NOT NULL, time_to_live INTEGER, type INTEGER NOT NULL, grp INTEGER NOT NULL,
              priority INTEGER NOT NULL, key ANY, on_duplicate INTEGER NOT NULL, fail_fast INTEGER NOT NULL, label TEXT,
              tags TEXT, retry TEXT, timeout INTEGER, expected_io TEXT, payload_version INTEGER NOT NULL,
              payload BLOB NOT NULL
            ) STRICT
            """
        ),
        // The statistics of each type as `TypeTally` encodes them: one value, since separate columns would cost a turn
        // several times as much.
        (
            "type_statistics",
            "CREATE TABLE type_statistics(type INTEGER PRIMARY KEY, tally BLOB NOT NULL) STRICT"
        ),
        // The highest id of a deleted job, the last worker's id, the last flush, the number of changes to schedules.
        (
            "counter",
            "CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID"
        ),
        // Claims: the front of a lane, and the list of lanes. The id is the last part of the key. The state, which is
        // always the same, comes first, so that the index alone answers in order.
        (
            "job_ready",
            "CREATE INDEX job_ready ON job(state, type, grp, priority, io_size) WHERE state = \(state: .ready)"
        ),
        // Active jobs that are neither ready nor running: due jobs and the next due time, suspects, queries for
        // blocked, waiting and preempted jobs, and the types of all. Running jobs are listed in their worker's row
        // instead, which is written once per turn.
        ("job_apart", "CREATE INDEX job_apart ON job(state, run_after, type) WHERE \(SQL.isApart)"),
        // The one active job of a key: `live` is NULL in ended jobs, of which there may be any number. Queries by key.
        ("job_key", "CREATE UNIQUE INDEX job_key ON job(key, type, live) WHERE key IS NOT NULL"),
        // Retention, history by end and by type, counts of ended jobs.
        ("job_finished", "CREATE INDEX job_finished ON job(finished_at, id, state, type) WHERE \(SQL.isTerminal)"),
        // Due schedules and the next due time, without paused and ended schedules.
        (
            "schedule_next",
            "CREATE INDEX schedule_next ON schedule(next, name) WHERE next IS NOT NULL AND paused_at IS NULL"
        ),
        // Jobs that can expire, without jobs without a time to live and ended jobs.
        (
            "job_expiry",
            "CREATE INDEX job_expiry ON job(expires_at) WHERE expires_at IS NOT NULL AND live = 1"
        ),
        // Queries by group.
        ("job_grp", "CREATE INDEX job_grp ON job(grp) WHERE grp > 0"),
        ("jobs", view),
    ]

    /// A view for people with a shell: names instead of numbers.
    ///
    /// The store itself does not read it.
    static let view: SQLText = """
        CREATE VIEW jobs AS SELECT job.id, job_type.name AS type, job_group.name AS "group", priority,
          CASE state WHEN \(state: .ready) THEN 'pending' WHEN \(state: .running) THEN 'running' \
        WHEN \(state: .scheduled) THEN 'pending (scheduled)'
            WHEN \(state: .suspect) THEN 'pending (suspect)' WHEN \(state: .blocked) THEN 'blocked' \
        WHEN \(state: .waiting) THEN 'waiting' WHEN \(state: .preempted) THEN 'preempted'
            WHEN \(state: .completed) THEN 'completed' WHEN \(state: .failed) THEN 'failed' \
        WHEN \(state: .deadLettered) THEN 'deadLettered' WHEN \(state: .cancelled) THEN 'cancelled'
            WHEN \(state: .superseded) THEN 'superseded' WHEN \(state: .expired) THEN 'expired' \
        WHEN \(state: .dependencyFailed) THEN 'dependencyFailed' END AS state,
          attempt, retries, crashes, label, tags, datetime(submitted_at / 1000, 'unixepoch') AS submitted,
          CASE WHEN attempt > 0 THEN datetime(started_at / 1000, 'unixepoch') END AS started,
          CASE WHEN live IS NULL THEN datetime(finished_at / 1000, 'unixepoch') END AS finished,
          datetime(run_after / 1000, 'unixepoch') AS run_after, failure, parent, schedule,
          CASE WHEN attempt > 0 THEN worker END AS worker,
          coalesce(length(payload), (SELECT length(bytes) FROM payload WHERE payload.job = job.id)) AS payload_bytes
        FROM job JOIN job_type ON job_type.id = job.type LEFT JOIN job_group ON job_group.id = job.grp
          LEFT JOIN job_extra ON job_extra.job = job.id
        """
}
