#include "store.h"
#include <stdio.h>
#include <string.h>

enum { KEY_LENGTH = 12, MOST_TAGS = 64, TAG_LENGTH = 6, VALUE_LENGTH = 8 };

/// Writes "key-" and eight digits. By hand, since printf would be a good part of what is measured.
static void write_key(char *key, int64_t number) {
    memcpy(key, "key-", 4);
    for (int i = KEY_LENGTH - 1; i >= 4; i--, number /= 10) key[i] = (char)('0' + number % 10);
}

int insert_job(floor_store *store, const submission *job) {
    statement which = job->key ? INSERT_KEYED : INSERT;
    sqlite3_stmt *insert = store->statements[which];
    TRY(sqlite3_bind_int64(insert, 1, store->clock++));
    TRY(sqlite3_bind_int(insert, 2, job->priority));
    TRY(sqlite3_bind_int(insert, 3, job->state));
    TRY(sqlite3_bind_int(insert, 4, job->blockers));
    if (job->key) TRY(sqlite3_bind_text(insert, 5, job->key, job->key_length, SQLITE_STATIC));
    if (job->tags) TRY(sqlite3_bind_blob(insert, 6, job->tags, job->tags_length, SQLITE_STATIC));
    return run(store, which);
}

/// The tags of every job: for their dictionary, and as one blob for the job's own row, from which a record is decoded.
typedef struct {
    char keys[MOST_TAGS][TAG_LENGTH + 1], values[MOST_TAGS][VALUE_LENGTH + 1];
    /// Their places in the dictionary; 0 before they are in it.
    int64_t ids[MOST_TAGS];
    char blob[MOST_TAGS * (TAG_LENGTH + VALUE_LENGTH + 2)];
    int count, length;
} tag_set;

static void make_tags(tag_set *tags, int count) {
    *tags = (tag_set){.count = count};
    for (int i = 0; i < count; i++) {
        snprintf(tags->keys[i], sizeof tags->keys[i], "key-%02d", i % 100);
        snprintf(tags->values[i], sizeof tags->values[i], "value-%02d", i % 100);
        memcpy(tags->blob + tags->length, tags->keys[i], TAG_LENGTH + 1);
        memcpy(tags->blob + tags->length + TAG_LENGTH + 1, tags->values[i], VALUE_LENGTH + 1);
        tags->length += TAG_LENGTH + VALUE_LENGTH + 2;
    }
}

int insert_tag_name(floor_store *store, const char *key, const char *value, int64_t *tag) {
    sqlite3_stmt *insert = store->statements[INSERT_TAG_NAME];
    TRY(sqlite3_bind_text(insert, 1, key, -1, SQLITE_STATIC));
    TRY(sqlite3_bind_text(insert, 2, value, -1, SQLITE_STATIC));
    TRY(run(store, INSERT_TAG_NAME));
    *tag = sqlite3_last_insert_rowid(store->database);
    return SQLITE_OK;
}

int insert_tag(floor_store *store, int64_t tag, int64_t job) {
    sqlite3_stmt *insert = store->statements[INSERT_TAG];
    TRY(sqlite3_bind_int64(insert, 1, tag));
    TRY(sqlite3_bind_int64(insert, 2, job));
    return run(store, INSERT_TAG);
}

static int insert_tags(floor_store *store, tag_set *tags, int64_t job) {
    for (int i = 0; i < tags->count; i++) {
        if (tags->ids[i] == 0) TRY(insert_tag_name(store, tags->keys[i], tags->values[i], &tags->ids[i]));
        TRY(insert_tag(store, tags->ids[i], job));
    }
    return SQLITE_OK;
}

int floor_submit(floor_store *store, int count, int per_transaction, int priorities, int tag_count) {
    if (tag_count > MOST_TAGS || (tag_count && !(store->features & FLOOR_TAGS))) return SQLITE_MISUSE;
    tag_set tags;
    make_tags(&tags, tag_count);
    for (int done = 0; done < count;) {
        TRY(run(store, BEGIN));
        for (int i = 0; i < per_transaction && done < count; i++, done++) {
            char key[KEY_LENGTH];
            submission job = {.priority = PRIORITY + done % priorities, .state = PENDING};
            if (store->features & FLOOR_KEYS) {
                write_key(key, store->next_key++);
                job.key = key;
                job.key_length = KEY_LENGTH;
            }
            if (tag_count) {
                job.tags = tags.blob;
                job.tags_length = tags.length;
            }
            TRY(insert_job(store, &job));
            if (sqlite3_changes(store->database) != 1) return SQLITE_CONSTRAINT;
            if (tag_count) TRY(insert_tags(store, &tags, sqlite3_last_insert_rowid(store->database)));
        }
        TRY(run(store, COMMIT));
    }
    return SQLITE_OK;
}

int floor_submit_duplicates(floor_store *store, int count) {
    char key[KEY_LENGTH];
    write_key(key, 0);
    sqlite3_stmt *find = store->statements[FIND_KEY];
    for (int i = 0; i < count; i++) {
        TRY(run(store, BEGIN));
        // Which job stands for the work, and whether its priority has to be raised. That it is there already is
        // known by then: a queue that looks first can do no less, one that tries to insert first does twice as much.
        TRY(sqlite3_bind_text(find, 1, key, KEY_LENGTH, SQLITE_STATIC));
        int result = sqlite3_step(find);
        for (int column = 0; column < 3; column++) store->sink += sqlite3_column_int64(find, column);
        sqlite3_reset(find);
        if (result != SQLITE_ROW) return SQLITE_NOTFOUND;
        TRY(run(store, COMMIT));
    }
    return SQLITE_OK;
}
