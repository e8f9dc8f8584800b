#include "store.h"
#include <pthread.h>
#include <stdatomic.h>

// The system's file layer with one call replaced: the write of a log. SQLite writes each frame's header by itself, and only
// that of a transaction's last frame says how large the database is after it.
enum { LOG_HEADER_SIZE = 32, FRAME_HEADER_SIZE = 24 };

static atomic_int_fast64_t commits;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sqlite3_vfs *system_layer, counting_layer;
static const sqlite3_io_methods *system_methods;
static sqlite3_io_methods counting_methods;

static int write_log(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset) {
    const unsigned char *bytes = data;
    if (size == FRAME_HEADER_SIZE && offset >= LOG_HEADER_SIZE && (bytes[4] | bytes[5] | bytes[6] | bytes[7]))
        atomic_fetch_add_explicit(&commits, 1, memory_order_relaxed);
    return system_methods->xWrite(file, data, size, offset);
}

static int open_file(sqlite3_vfs *layer, const char *name, sqlite3_file *file, int flags, int *got) {
    (void)layer;
    int result = system_layer->xOpen(system_layer, name, file, flags, got);
    if (result != SQLITE_OK || !(flags & SQLITE_OPEN_WAL) || !file->pMethods) return result;
    pthread_mutex_lock(&lock);
    // All logs have the same methods.
    if (!system_methods) {
        system_methods = file->pMethods;
        counting_methods = *system_methods;
        counting_methods.xWrite = write_log;
    }
    if (file->pMethods == system_methods) file->pMethods = &counting_methods;
    pthread_mutex_unlock(&lock);
    return SQLITE_OK;
}

int floor_count_commits(bool counting) {
    TRY(sqlite3_initialize());
    if (!system_layer) {
        system_layer = sqlite3_vfs_find(NULL);
        if (!system_layer) return SQLITE_NOTFOUND;
        counting_layer = *system_layer;
        counting_layer.zName = "counting";
        counting_layer.xOpen = open_file;
    }
    // The layer stays where it is: a connection keeps the one that it was opened with.
    return counting ? sqlite3_vfs_register(&counting_layer, 1) : sqlite3_vfs_unregister(&counting_layer);
}

int64_t floor_commits(void) { return atomic_load_explicit(&commits, memory_order_relaxed); }

const char *floor_sqlite_version(void) { return sqlite3_libversion(); }
