#include "store.h"
#include <stdlib.h>

static const char *const job_schema =
    "CREATE TABLE job("
    "id INTEGER PRIMARY KEY, type INTEGER NOT NULL, grp INTEGER NOT NULL, priority INTEGER NOT NULL,"
    "state INTEGER NOT NULL, live INTEGER NOT NULL, attempt INTEGER NOT NULL, retries INTEGER NOT NULL,"
    "worker INTEGER NOT NULL, blockers INTEGER NOT NULL, submitted_at INTEGER NOT NULL, started_at INTEGER NOT NULL,"
    "finished_at INTEGER NOT NULL, key TEXT, tags BLOB, error TEXT, payload BLOB) STRICT;"
    "CREATE INDEX job_pending ON job(type, grp, priority) WHERE state = 2;";

static const struct {
    unsigned feature;
    const char *sql;
} feature_schemas[] = {
    {FLOOR_KEYS, "CREATE UNIQUE INDEX job_key ON job(type, key) WHERE key IS NOT NULL AND live = 1"},
    {FLOOR_FINISHED, "CREATE INDEX job_finished ON job(finished_at) WHERE live = 0"},
    {FLOOR_RUNNING, "CREATE INDEX job_running ON job(worker) WHERE state = 3"},
    {FLOOR_ATTEMPTS,
     "CREATE TABLE attempt(job INTEGER NOT NULL, attempt INTEGER NOT NULL, worker INTEGER NOT NULL,"
     "started_at INTEGER NOT NULL, finished_at INTEGER NOT NULL, error TEXT,"
     "PRIMARY KEY(job, attempt)) STRICT, WITHOUT ROWID"},
    {FLOOR_DEPENDENCIES,
     "CREATE TABLE dependency(depends_on INTEGER NOT NULL, job INTEGER NOT NULL, policy INTEGER NOT NULL,"
     "PRIMARY KEY(depends_on, job)) STRICT, WITHOUT ROWID"},
    {FLOOR_FINISHED_BY_TYPE, "CREATE INDEX job_finished_by_type ON job(type, finished_at) WHERE live = 0"},
    {FLOOR_STATISTICS,
     "CREATE TABLE statistics(type INTEGER PRIMARY KEY, jobs INTEGER NOT NULL, failures INTEGER NOT NULL,"
     "run_time INTEGER NOT NULL, wait_time INTEGER NOT NULL) STRICT"},
    {FLOOR_TAGS,
     "CREATE TABLE tag_name(id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE(key, value)) STRICT;"
     "CREATE TABLE tag(tag INTEGER NOT NULL, job INTEGER NOT NULL, PRIMARY KEY(tag, job)) STRICT, WITHOUT ROWID"},
};

// ?1 the time of submission, which also stands for the times that are not known yet.
#define INSERT_JOB                                                                                                     \
    "INSERT INTO job(type, grp, priority, state, live, attempt, retries, worker, blockers, submitted_at, started_at,"  \
    "finished_at, key, tags, payload) VALUES(2, 2, ?2, ?3, 1, 0, 0, 7, ?4, ?1, ?1, ?1, ?5, ?6, x'')"
// All that a record is decoded from.
#define RECORD                                                                                                         \
    "job.id, type, grp, priority, state, attempt, retries, worker, blockers, submitted_at, started_at, finished_at,"   \
    "key, tags, error, payload"
// A stale attempt must change nothing.
#define FENCED " WHERE id = ?1 AND attempt = ?2 AND worker = ?3 AND state = 3"

static const struct {
    unsigned feature;
    const char *sql;
} statements[STATEMENTS] = {
    [BEGIN] = {0, "BEGIN IMMEDIATE"},
    [COMMIT] = {0, "COMMIT"},
    [INSERT] = {0, INSERT_JOB},
    [INSERT_KEYED] = {FLOOR_KEYS, INSERT_JOB " ON CONFLICT DO NOTHING"},
    [FIND_KEY] = {FLOOR_KEYS, "SELECT id, state, priority FROM job WHERE type = 2 AND key = ?1 AND live = 1"},
    [LANE] = {0, "SELECT id, attempt, retries, submitted_at, key, tags, payload FROM job"
                 " WHERE type = ?1 AND grp = ?2 AND priority = ?3 AND state = 2 ORDER BY id LIMIT ?4"},
    [CLAIM] = {0, "UPDATE job SET state = 3, attempt = attempt + 1, worker = ?2, started_at = ?3 WHERE id = ?1"},
    [COMPLETE] = {0, "UPDATE job SET state = 16, live = 0, finished_at = ?4" FENCED},
    [INSERT_ATTEMPT] = {FLOOR_ATTEMPTS, "INSERT INTO attempt(job, attempt, worker, started_at, finished_at, error)"
                                        " VALUES(?1, ?2, ?3, ?4, ?5, ?6)"},
    [RETRY] = {FLOOR_ATTEMPTS, "UPDATE job SET attempt = attempt + 1, retries = retries + 1, started_at = ?4" FENCED},
    [DEAD_LETTER] = {FLOOR_ATTEMPTS, "UPDATE job SET state = 18, live = 0, finished_at = ?4, error = ?5" FENCED},
    [STATE_OF] = {FLOOR_DEPENDENCIES, "SELECT state FROM job WHERE id = ?1"},
    [INSERT_DEPENDENCY] = {FLOOR_DEPENDENCIES, "INSERT INTO dependency(depends_on, job, policy) VALUES(?1, ?2, 0)"},
    [DEPENDENTS] = {FLOOR_DEPENDENCIES, "SELECT job FROM dependency WHERE depends_on = ?1"},
    [UNBLOCK] = {FLOOR_DEPENDENCIES, "UPDATE job SET blockers = blockers - ?2,"
                                     "state = CASE WHEN blockers = ?2 THEN 2 ELSE 4 END WHERE id = ?1 AND state = 4"},
    [INSERT_TAG_NAME] = {FLOOR_TAGS, "INSERT INTO tag_name(key, value) VALUES(?1, ?2)"},
    [INSERT_TAG] = {FLOOR_TAGS, "INSERT INTO tag(tag, job) VALUES(?1, ?2)"},
    [RECOVER] = {FLOOR_RUNNING, "UPDATE job SET state = 2 WHERE worker = ?1 AND state = 3"},
    [INSERT_ENDED] = {0, "INSERT INTO job(type, grp, priority, state, live, attempt, retries, worker, blockers,"
                         "submitted_at, started_at, finished_at, payload)"
                         " VALUES(?1, 2, 128, ?2, 0, 1, 0, 7, 0, ?3, ?3, ?3 + 5, x'')"},
    [JOBS_BY_TAG] = {FLOOR_TAGS, "SELECT " RECORD " FROM tag CROSS JOIN job ON job.id = tag.job WHERE tag.tag = ?1"},
    [IDS_BY_TAG] = {FLOOR_TAGS, "SELECT job FROM tag WHERE tag = ?1"},
    [COUNT_BY_TAG] = {FLOOR_TAGS, "SELECT count(*) FROM tag WHERE tag = ?1"},
    [TAG_VALUES] = {FLOOR_TAGS, "SELECT (SELECT count(*) FROM tag WHERE tag = tag_name.id), value FROM tag_name"
                                " WHERE key = 'bucket'"},
    [HISTORY] = {FLOOR_FINISHED, "SELECT " RECORD " FROM job WHERE live = 0 ORDER BY finished_at DESC LIMIT 50"},
    [HISTORY_BY_TYPE] = {FLOOR_FINISHED_BY_TYPE,
                         "SELECT " RECORD " FROM job WHERE live = 0 AND type = ?1 ORDER BY finished_at DESC LIMIT 100"},
    [STATISTICS] = {FLOOR_STATISTICS, "SELECT jobs, failures, run_time, wait_time FROM statistics WHERE type = ?1"},
};

static int execute(floor_store *store, const char *sql) {
    return sqlite3_exec(store->database, sql, NULL, NULL, NULL);
}

static int number(floor_store *store, const char *sql, int64_t *value) {
    sqlite3_stmt *prepared;
    TRY(sqlite3_prepare_v2(store->database, sql, -1, &prepared, NULL));
    int result = sqlite3_step(prepared);
    if (result == SQLITE_ROW) *value = sqlite3_column_int64(prepared, 0);
    sqlite3_finalize(prepared);
    return result == SQLITE_ROW ? SQLITE_OK : result;
}

static int create(floor_store *store) {
    TRY(execute(store, job_schema));
    for (unsigned i = 0; i < sizeof feature_schemas / sizeof *feature_schemas; i++)
        if (store->features & feature_schemas[i].feature) TRY(execute(store, feature_schemas[i].sql));
    return execute(store, "PRAGMA user_version = 1");
}

int floor_open(const char *path, floor_durability durability, unsigned features, floor_store **result) {
    floor_store *store = *result = calloc(1, sizeof *store);
    if (!store) return SQLITE_NOMEM;
    store->features = features;
    store->clock = 1764000000000;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    TRY(sqlite3_open_v2(durability == FLOOR_MEMORY ? ":memory:" : path, &store->database, flags, NULL));
    if (durability != FLOOR_MEMORY) {
        TRY(execute(store, "PRAGMA journal_mode = wal"));
        bool full = durability == FLOOR_FILE_FULL;
        TRY(execute(store, full ? "PRAGMA synchronous = full" : "PRAGMA synchronous = normal"));
    }
    int64_t version;
    TRY(number(store, "PRAGMA user_version", &version));
    if (version == 0) TRY(create(store));
    for (int i = 0; i < STATEMENTS; i++) {
        if ((statements[i].feature & features) != statements[i].feature) continue;
        TRY(sqlite3_prepare_v3(store->database, statements[i].sql, -1, SQLITE_PREPARE_PERSISTENT, &store->statements[i],
                               NULL));
    }
    return SQLITE_OK;
}

int floor_close(floor_store *store) {
    if (!store) return SQLITE_OK;
    for (int i = 0; i < STATEMENTS; i++) sqlite3_finalize(store->statements[i]);
    int result = sqlite3_close(store->database);
    free(store);
    return result;
}

const char *floor_message(floor_store *store) {
    return store && store->database ? sqlite3_errmsg(store->database) : "out of memory";
}

int floor_count(floor_store *store, floor_counts *counts) {
    *counts = (floor_counts){0};
    TRY(number(store, "SELECT count(*) FROM job WHERE state = 2", &counts->pending));
    TRY(number(store, "SELECT count(*) FROM job WHERE state = 4", &counts->blocked));
    TRY(number(store, "SELECT count(*) FROM job WHERE state = 3", &counts->running));
    TRY(number(store, "SELECT count(*) FROM job WHERE state = 16", &counts->completed));
    TRY(number(store, "SELECT count(*) FROM job WHERE state = 18", &counts->dead_lettered));
    TRY(number(store, "SELECT coalesce(sum(attempt), 0) FROM job", &counts->executions));
    if (store->features & FLOOR_ATTEMPTS) TRY(number(store, "SELECT count(*) FROM attempt", &counts->attempt_rows));
    if (store->features & FLOOR_DEPENDENCIES)
        TRY(number(store, "SELECT count(*) FROM dependency", &counts->dependency_rows));
    if (store->features & FLOOR_TAGS) TRY(number(store, "SELECT count(*) FROM tag", &counts->tag_rows));
    return SQLITE_OK;
}

int floor_file_bytes(floor_store *store, int64_t *bytes) {
    int64_t pages, size;
    TRY(number(store, "PRAGMA page_count", &pages));
    TRY(number(store, "PRAGMA page_size", &size));
    *bytes = pages * size;
    return SQLITE_OK;
}
