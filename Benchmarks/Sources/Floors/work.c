#include "store.h"
#include <stdlib.h>

/// A claimed job, as far as ending it needs.
typedef struct {
    int64_t id, started_at;
    int attempt;
} running_job;

typedef struct {
    running_job *jobs;
    int count, capacity;
    unblockings unblocked;
} running_set;

/// Reads up to `limit` jobs from the head of a lane, all that their executors get.
static int read_lane(floor_store *store, int priority, int limit, running_set *running) {
    sqlite3_stmt *lane = store->statements[LANE];
    TRY(sqlite3_bind_int(lane, 1, TYPE));
    TRY(sqlite3_bind_int(lane, 2, GROUP));
    TRY(sqlite3_bind_int(lane, 3, priority));
    TRY(sqlite3_bind_int(lane, 4, limit));
    int result;
    while ((result = sqlite3_step(lane)) == SQLITE_ROW) {
        running->jobs[running->count++] =
            (running_job){.id = sqlite3_column_int64(lane, 0), .attempt = sqlite3_column_int(lane, 1) + 1};
        store->sink += sqlite3_column_int64(lane, 2) + sqlite3_column_int64(lane, 3);
        for (int column = 4; column < 7; column++) store->sink += sqlite3_column_bytes(lane, column);
    }
    sqlite3_reset(lane);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

/// Fills the set from the lanes, best priority first. The rows are changed after reading: they leave the index that is
/// read.
static int claim(floor_store *store, int priorities, running_set *running) {
    for (int i = 0; i < priorities && running->count < running->capacity; i++)
        TRY(read_lane(store, PRIORITY + i, running->capacity - running->count, running));
    sqlite3_stmt *claim = store->statements[CLAIM];
    for (int i = 0; i < running->count; i++) {
        running_job *job = &running->jobs[i];
        job->started_at = store->clock++;
        TRY(sqlite3_bind_int64(claim, 1, job->id));
        TRY(sqlite3_bind_int(claim, 2, WORKER));
        TRY(sqlite3_bind_int64(claim, 3, job->started_at));
        TRY(run_for_one(store, CLAIM));
    }
    return SQLITE_OK;
}

/// Binds what fences off a stale attempt, and the time.
static int bind_fenced(floor_store *store, statement which, const running_job *job, int64_t time) {
    sqlite3_stmt *update = store->statements[which];
    TRY(sqlite3_bind_int64(update, 1, job->id));
    TRY(sqlite3_bind_int(update, 2, job->attempt));
    TRY(sqlite3_bind_int(update, 3, WORKER));
    return sqlite3_bind_int64(update, 4, time);
}

static int complete(floor_store *store, running_set *running) {
    for (int i = 0; i < running->count; i++) {
        TRY(bind_fenced(store, COMPLETE, &running->jobs[i], store->clock++));
        TRY(run_for_one(store, COMPLETE));
        if (store->features & FLOOR_DEPENDENCIES)
            TRY(gather_unblocking(store, running->jobs[i].id, &running->unblocked));
    }
    running->count = 0;
    return settle_unblocking(store, &running->unblocked);
}

/// Records that an attempt failed. All but the last get a row of their own: the last one's story is in the job's row.
static int fail(floor_store *store, running_set *running, int retries) {
    bool last = running->count > 0 && running->jobs[0].attempt > retries;
    for (int i = 0; i < running->count; i++) {
        running_job *job = &running->jobs[i];
        int64_t time = store->clock++;
        if (last) {
            TRY(bind_fenced(store, DEAD_LETTER, job, time));
            TRY(sqlite3_bind_text(store->statements[DEAD_LETTER], 5, "failed", 6, SQLITE_STATIC));
            TRY(run_for_one(store, DEAD_LETTER));
            continue;
        }
        TRY(bind_fenced(store, INSERT_ATTEMPT, job, job->started_at));
        TRY(sqlite3_bind_int64(store->statements[INSERT_ATTEMPT], 5, time));
        TRY(sqlite3_bind_text(store->statements[INSERT_ATTEMPT], 6, "failed", 6, SQLITE_STATIC));
        TRY(run(store, INSERT_ATTEMPT));
        TRY(bind_fenced(store, RETRY, job, time));
        TRY(run_for_one(store, RETRY));
        job->attempt++;
        job->started_at = time;
    }
    if (last) running->count = 0;
    return SQLITE_OK;
}

/// One transaction: the ends of what ran, and the next claims. `retries` is negative where all jobs succeed.
static int turn(floor_store *store, int priorities, int retries, running_set *running) {
    TRY(run(store, BEGIN));
    TRY(retries < 0 ? complete(store, running) : fail(store, running, retries));
    if (running->count == 0) TRY(claim(store, priorities, running));
    return run(store, COMMIT);
}

/// Turns until nothing runs any more, or so many and one more that claims nothing.
static int work(floor_store *store, int concurrency, int priorities, int retries, int64_t turns) {
    running_set running = {.jobs = calloc((size_t)concurrency, sizeof(running_job)), .capacity = concurrency};
    if (!running.jobs) return SQLITE_NOMEM;
    int result;
    do result = turn(store, turns-- > 0 ? priorities : 0, retries, &running);
    while (result == SQLITE_OK && running.count > 0);
    free(running.jobs);
    free(running.unblocked.items);
    return result;
}

int floor_work(floor_store *store, int concurrency, int priorities) {
    return work(store, concurrency, priorities, -1, INT64_MAX);
}

int floor_work_turns(floor_store *store, int concurrency, int turns) {
    return work(store, concurrency, 1, -1, turns);
}

int floor_work_failing(floor_store *store, int concurrency, int retries) {
    return work(store, concurrency, 1, retries, INT64_MAX);
}

int floor_fill_orphaned(floor_store *store, int count) {
    running_set running = {.jobs = calloc((size_t)count, sizeof(running_job)), .capacity = count};
    if (!running.jobs) return SQLITE_NOMEM;
    int result = turn(store, 1, -1, &running);
    free(running.jobs);
    return result;
}

int floor_recover(floor_store *store, int *recovered) {
    TRY(run(store, BEGIN));
    TRY(sqlite3_bind_int(store->statements[RECOVER], 1, WORKER));
    TRY(run(store, RECOVER));
    *recovered = sqlite3_changes(store->database);
    TRY(run(store, COMMIT));
    running_job job;
    running_set first = {.jobs = &job, .capacity = 1};
    TRY(turn(store, 1, -1, &first));
    return first.count == 1 ? SQLITE_OK : SQLITE_NOTFOUND;
}

int floor_peek(floor_store *store, int count) {
    running_job job;
    running_set found = {.jobs = &job, .capacity = 1};
    for (int i = 0; i < count; i++) {
        found.count = 0;
        TRY(read_lane(store, PRIORITY, 1, &found));
        if (found.count != 1) return SQLITE_NOTFOUND;
    }
    return SQLITE_OK;
}
