#include "store.h"
#include <stdlib.h>

/// Whether the job, which must exist, has not ended.
static int is_unfinished(floor_store *store, int64_t id, int *unfinished) {
    sqlite3_stmt *find = store->statements[STATE_OF];
    TRY(sqlite3_bind_int64(find, 1, id));
    int result = sqlite3_step(find);
    *unfinished = sqlite3_column_int(find, 0) < COMPLETED;
    sqlite3_reset(find);
    return result == SQLITE_ROW ? SQLITE_OK : SQLITE_NOTFOUND;
}

/// Inserts a job that depends on the `count` jobs from `first` on.
static int insert_dependent(floor_store *store, int64_t first, int count) {
    int blockers = 0;
    for (int i = 0; i < count; i++) {
        int unfinished;
        TRY(is_unfinished(store, first + i, &unfinished));
        blockers += unfinished;
    }
    int state = blockers ? BLOCKED : PENDING;
    TRY(insert_job(store, &(submission){.priority = PRIORITY, .state = state, .blockers = blockers}));
    int64_t id = sqlite3_last_insert_rowid(store->database);
    sqlite3_stmt *insert = store->statements[INSERT_DEPENDENCY];
    for (int i = 0; i < count; i++) {
        TRY(sqlite3_bind_int64(insert, 1, first + i));
        TRY(sqlite3_bind_int64(insert, 2, id));
        TRY(run(store, INSERT_DEPENDENCY));
    }
    return SQLITE_OK;
}

static int submit_dependent(floor_store *store, int64_t first, int count) {
    TRY(run(store, BEGIN));
    TRY(insert_dependent(store, first, count));
    return run(store, COMMIT);
}

int floor_submit_chain(floor_store *store, int length) {
    TRY(floor_submit(store, 1, 1, 1, 0));
    for (int i = 1; i < length; i++) TRY(submit_dependent(store, sqlite3_last_insert_rowid(store->database), 1));
    return SQLITE_OK;
}

int floor_submit_fan_in(floor_store *store, int width) {
    TRY(floor_submit(store, width, 1, 1, 0));
    return submit_dependent(store, sqlite3_last_insert_rowid(store->database) - width + 1, width);
}

int floor_fill_fan_out(floor_store *store, int width) {
    TRY(run(store, BEGIN));
    TRY(insert_job(store, &(submission){.priority = PRIORITY, .state = PENDING}));
    int64_t root = sqlite3_last_insert_rowid(store->database);
    for (int i = 0; i < width; i++) TRY(insert_dependent(store, root, 1));
    return run(store, COMMIT);
}

static int add(unblockings *unblocked, int64_t id) {
    // The newest first: what ends together mostly unblocks the same job.
    for (int i = unblocked->count - 1; i >= 0; i--) {
        if (unblocked->items[i].id != id) continue;
        unblocked->items[i].met++;
        return SQLITE_OK;
    }
    if (unblocked->count == unblocked->capacity) {
        int capacity = unblocked->capacity ? 2 * unblocked->capacity : 16;
        unblocking *items = realloc(unblocked->items, (size_t)capacity * sizeof *items);
        if (!items) return SQLITE_NOMEM;
        unblocked->items = items;
        unblocked->capacity = capacity;
    }
    unblocked->items[unblocked->count++] = (unblocking){id, 1};
    return SQLITE_OK;
}

int gather_unblocking(floor_store *store, int64_t id, unblockings *unblocked) {
    sqlite3_stmt *find = store->statements[DEPENDENTS];
    TRY(sqlite3_bind_int64(find, 1, id));
    int result;
    while ((result = sqlite3_step(find)) == SQLITE_ROW) {
        int added = add(unblocked, sqlite3_column_int64(find, 0));
        if (added != SQLITE_OK) {
            sqlite3_reset(find);
            return added;
        }
    }
    sqlite3_reset(find);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

int settle_unblocking(floor_store *store, unblockings *unblocked) {
    sqlite3_stmt *unblock = store->statements[UNBLOCK];
    for (int i = 0; i < unblocked->count; i++) {
        TRY(sqlite3_bind_int64(unblock, 1, unblocked->items[i].id));
        TRY(sqlite3_bind_int(unblock, 2, unblocked->items[i].met));
        TRY(run_for_one(store, UNBLOCK));
    }
    unblocked->count = 0;
    return SQLITE_OK;
}
