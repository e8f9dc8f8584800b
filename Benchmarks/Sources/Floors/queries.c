#include "store.h"
#include <stdio.h>

enum { BUCKETS = 10, TYPES = 5, FAILED = 17 };
// The dictionary's first tag, the one that every job has.
enum { COMMON_TAG = 1 };

int floor_fill_tagged(floor_store *store, int count) {
    TRY(run(store, BEGIN));
    int64_t common, buckets[BUCKETS];
    TRY(insert_tag_name(store, "batch", "all", &common));
    if (common != COMMON_TAG) return SQLITE_MISUSE;
    for (int i = 0; i < BUCKETS; i++) {
        char value[16];
        snprintf(value, sizeof value, "value-%d", i);
        TRY(insert_tag_name(store, "bucket", value, &buckets[i]));
    }
    for (int i = 0; i < count; i++) {
        char tags[] = "batch\0all\0bucket\0value-0";
        tags[sizeof tags - 2] = (char)('0' + i % BUCKETS);
        submission job = {.priority = PRIORITY, .state = PENDING, .tags = tags, .tags_length = sizeof tags};
        TRY(insert_job(store, &job));
        int64_t id = sqlite3_last_insert_rowid(store->database);
        TRY(insert_tag(store, common, id));
        TRY(insert_tag(store, buckets[i % BUCKETS], id));
    }
    return run(store, COMMIT);
}

int floor_fill_history(floor_store *store, int count) {
    TRY(run(store, BEGIN));
    sqlite3_stmt *insert = store->statements[INSERT_ENDED];
    for (int i = 0; i < count; i++) {
        TRY(sqlite3_bind_int(insert, 1, TYPE + i % TYPES));
        TRY(sqlite3_bind_int(insert, 2, i / TYPES % 10 == 0 ? FAILED : COMPLETED));
        TRY(sqlite3_bind_int64(insert, 3, store->clock++));
        TRY(run(store, INSERT_ENDED));
    }
    if (store->features & FLOOR_STATISTICS)
        TRY(sqlite3_exec(store->database,
                         "INSERT INTO statistics SELECT type, count(*), sum(state = 17), sum(finished_at - started_at),"
                         "sum(started_at - submitted_at) FROM job GROUP BY type",
                         NULL, NULL, NULL));
    return run(store, COMMIT);
}

/// Reads every column of every row, as a decoder would.
static int read_all(floor_store *store, sqlite3_stmt *query, floor_found *found) {
    int columns = sqlite3_column_count(query);
    int result;
    while ((result = sqlite3_step(query)) == SQLITE_ROW) {
        found->rows++;
        found->sum += sqlite3_column_int64(query, 0);
        for (int i = 1; i < columns; i++) {
            if (sqlite3_column_type(query, i) == SQLITE_INTEGER)
                store->sink += sqlite3_column_int64(query, i);
            else if (sqlite3_column_type(query, i) != SQLITE_NULL) {
                const char *bytes = sqlite3_column_blob(query, i);
                int length = sqlite3_column_bytes(query, i);
                if (length > 0) store->sink += bytes[length - 1];
            }
        }
    }
    sqlite3_reset(query);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

int floor_run_query(floor_store *store, floor_query kind, int times, floor_found *found) {
    static const struct {
        statement statement;
        int64_t argument;
    } queries[] = {
        [FLOOR_JOBS_BY_TAG] = {JOBS_BY_TAG, COMMON_TAG},    [FLOOR_IDS_BY_TAG] = {IDS_BY_TAG, COMMON_TAG},
        [FLOOR_COUNT_BY_TAG] = {COUNT_BY_TAG, COMMON_TAG},  [FLOOR_TAG_VALUES] = {TAG_VALUES, 0},
        [FLOOR_HISTORY] = {HISTORY, 0},                     [FLOOR_HISTORY_BY_TYPE] = {HISTORY_BY_TYPE, TYPE},
        [FLOOR_TYPE_STATISTICS] = {STATISTICS, TYPE},
    };
    sqlite3_stmt *query = store->statements[queries[kind].statement];
    if (!query) return SQLITE_MISUSE;
    for (int i = 0; i < times; i++) {
        if (queries[kind].argument) TRY(sqlite3_bind_int64(query, 1, queries[kind].argument));
        *found = (floor_found){0};
        TRY(read_all(store, query, found));
    }
    return SQLITE_OK;
}
