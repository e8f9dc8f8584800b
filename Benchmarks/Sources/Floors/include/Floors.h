// The store's share of a benchmark row, and nothing else: prepared statements against a lean schema, in one thread.
//
// A floor is what no queue on SQLite can beat with the same durability and the same rows in the file at the end. Every
// function returns an SQLite result code, SQLITE_OK (0) when it did all of its work.

#ifndef FLOORS_H
#define FLOORS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct floor_store floor_store;

typedef enum {
    FLOOR_MEMORY,
    /// WAL, synchronous = NORMAL.
    FLOOR_FILE_NORMAL,
    /// WAL, synchronous = FULL.
    FLOOR_FILE_FULL,
} floor_durability;

/// What a row's work needs beyond the job table and its index of pending jobs.
typedef enum {
    FLOOR_KEYS = 1,
    /// An index of ended jobs, newest first.
    FLOOR_FINISHED = 2,
    FLOOR_ATTEMPTS = 4,
    FLOOR_DEPENDENCIES = 8,
    /// Tags as numbers from a dictionary, and an index from tag to job.
    FLOOR_TAGS = 16,
    /// An index of ended jobs by type, newest first.
    FLOOR_FINISHED_BY_TYPE = 32,
    /// A row of sums for each type.
    FLOOR_STATISTICS = 64,
    /// An index of running jobs by worker, by which a dead worker's jobs are found.
    FLOOR_RUNNING = 128,
} floor_features;

/// The rows that a floor left behind, for the check that it did its work.
typedef struct {
    int64_t pending, blocked, running, completed, dead_lettered;
    /// The largest attempt number summed over all jobs: executions begun.
    int64_t executions;
    int64_t attempt_rows, dependency_rows, tag_rows;
} floor_counts;

/// Opens a new, empty store, or one that was closed before; `path` is ignored in memory. `*store` is null only when
/// memory ran out.
int floor_open(const char *path, floor_durability durability, unsigned features, floor_store **store);
int floor_close(floor_store *store);
/// The message of the last error, valid until the next call.
const char *floor_message(floor_store *store);
int floor_count(floor_store *store, floor_counts *counts);
int floor_file_bytes(floor_store *store, int64_t *bytes);

/// Submits `count` jobs, so many a transaction, their priorities in turn over so many values. With FLOOR_KEYS each has
/// a key of its own; with FLOOR_TAGS each has `tags` tags.
int floor_submit(floor_store *store, int count, int per_transaction, int priorities, int tags);
/// Submits the first job's key again, each time in a transaction, and reads which job stands for it.
int floor_submit_duplicates(floor_store *store, int count);
/// Submits a chain, each job depending on the one before, each in a transaction.
int floor_submit_chain(floor_store *store, int length);
/// Submits so many jobs and then one that depends on all of them, each in a transaction.
int floor_submit_fan_in(floor_store *store, int width);
/// Inserts one job and so many that depend on it, all in one transaction.
int floor_fill_fan_out(floor_store *store, int width);

/// Works off pending jobs over so many priorities, all of them or so many turns. A turn is one transaction: it ends the
/// jobs of the turn before, unblocks what waited for them, and claims up to `concurrency` more.
int floor_work(floor_store *store, int concurrency, int priorities);
int floor_work_turns(floor_store *store, int concurrency, int turns);
/// As floor_work, but each job fails and is executed again at once `retries` times, and then is dead-lettered.
int floor_work_failing(floor_store *store, int concurrency, int retries);

/// Makes so many of the jobs running, as a worker that died left them.
int floor_fill_orphaned(floor_store *store, int count);
/// Puts the dead worker's jobs back to pending and claims the first job, each in a transaction.
int floor_recover(floor_store *store, int *recovered);

/// Reads the job that would run next, `count` times; fails with SQLITE_NOTFOUND if there is none.
int floor_peek(floor_store *store, int count);

/// Inserts `count` pending jobs in one transaction, all with the tag that FLOOR_JOBS_BY_TAG looks for, and one of ten
/// values of another key.
int floor_fill_tagged(floor_store *store, int count);
/// Inserts `count` ended jobs of five types in one transaction, a tenth of them failed, with their statistics.
int floor_fill_history(floor_store *store, int count);

typedef enum {
    /// Every column of the jobs that have a tag.
    FLOOR_JOBS_BY_TAG,
    FLOOR_IDS_BY_TAG,
    FLOOR_COUNT_BY_TAG,
    /// A key's values and how many jobs have each.
    FLOOR_TAG_VALUES,
    /// Every column of the 50 that ended last.
    FLOOR_HISTORY,
    /// Every column of the 100 of one type that ended last.
    FLOOR_HISTORY_BY_TYPE,
    /// The sums of one type.
    FLOOR_TYPE_STATISTICS,
} floor_query;

/// What a query found: how many rows, and the sum of their first column (ids, counts).
typedef struct {
    int64_t rows, sum;
} floor_found;

/// Runs a query so many times and reads every column; `found` is the last time's.
int floor_run_query(floor_store *store, floor_query query, int times, floor_found *found);

/// Begins or ends to count the transactions that connections of this process commit to write-ahead logs. Only those are
/// counted that are opened in between, and a transaction so large that its pages are written before it ends may count more
/// than once.
int floor_count_commits(bool counting);
/// How many have been counted since the process began.
int64_t floor_commits(void);

/// The version of the SQLite that all of this process uses.
const char *floor_sqlite_version(void);

/// Nanoseconds that `count` rounds of writing 4 KiB at a file's end and `fdatasync` take; negative on failure.
int64_t floor_sync_ns(const char *path, int count);

/// Binds this thread, and the threads that it starts, to the first `count` processors that it may use. False where the
/// system can't.
bool floor_pin(int count);

#endif
