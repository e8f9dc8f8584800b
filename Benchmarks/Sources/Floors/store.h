// The state that the floors share, and how they step their statements.

#ifndef STORE_H
#define STORE_H

#include "Floors.h"
#include <sqlite3.h>

// One-byte codes for all, so that a row keeps its size through a job's life.
enum { PENDING = 2, RUNNING = 3, BLOCKED = 4, COMPLETED = 16, DEAD_LETTERED = 18 };
// The one lane's type and group, and the worker's id.
enum { TYPE = 2, GROUP = 2, WORKER = 7, PRIORITY = 128 };

typedef enum {
    BEGIN,
    COMMIT,
    INSERT,
    INSERT_KEYED,
    FIND_KEY,
    LANE,
    CLAIM,
    COMPLETE,
    INSERT_ATTEMPT,
    RETRY,
    DEAD_LETTER,
    STATE_OF,
    INSERT_DEPENDENCY,
    DEPENDENTS,
    UNBLOCK,
    INSERT_TAG_NAME,
    INSERT_TAG,
    RECOVER,
    INSERT_ENDED,
    JOBS_BY_TAG,
    IDS_BY_TAG,
    COUNT_BY_TAG,
    TAG_VALUES,
    HISTORY,
    HISTORY_BY_TYPE,
    STATISTICS,
    STATEMENTS,
} statement;

struct floor_store {
    sqlite3 *database;
    unsigned features;
    sqlite3_stmt *statements[STATEMENTS];
    /// A clock that costs nothing: milliseconds since 1970 that rise with each use.
    int64_t clock;
    int64_t next_key;
    /// What was read is added up here, so that no read can be left out.
    volatile int64_t sink;
};

// Returns from the calling function with the first result that is not SQLITE_OK.
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        int result_ = (call);                                                                                          \
        if (result_ != SQLITE_OK) return result_;                                                                      \
    } while (0)

/// Steps a statement that returns no rows, and resets it.
static inline int run(floor_store *store, statement which) {
    sqlite3_stmt *prepared = store->statements[which];
    int result = sqlite3_step(prepared);
    sqlite3_reset(prepared);
    return result == SQLITE_DONE ? SQLITE_OK : result == SQLITE_ROW ? SQLITE_MISUSE : result;
}

/// As `run`, and exactly one row must have changed.
static inline int run_for_one(floor_store *store, statement which) {
    TRY(run(store, which));
    return sqlite3_changes(store->database) == 1 ? SQLITE_OK : SQLITE_NOTFOUND;
}

/// A job to be inserted. `key` and `tags` may be null.
typedef struct {
    int priority, state, blockers;
    const char *key;
    int key_length;
    const void *tags;
    int tags_length;
} submission;

int insert_job(floor_store *store, const submission *job);
/// Adds a tag to the dictionary of tags.
int insert_tag_name(floor_store *store, const char *key, const char *value, int64_t *tag);
int insert_tag(floor_store *store, int64_t tag, int64_t job);

/// Tells every job that waits for `id`, counted up in `unblocking`, which settle_unblocking then writes.
typedef struct {
    int64_t id;
    int met;
} unblocking;
typedef struct {
    unblocking *items;
    int count, capacity;
} unblockings;
int gather_unblocking(floor_store *store, int64_t id, unblockings *unblocked);
int settle_unblocking(floor_store *store, unblockings *unblocked);

#endif
