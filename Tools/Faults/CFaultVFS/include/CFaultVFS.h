// A layer of SQLite's file system (a VFS) that asks before each call what is to become of it. It stands between SQLite and the default
// VFS, whose calls it passes on; it takes no decision of its own.
//
// Tests use it to let calls fail, to kill the process at them, and to note what is written when. It is no part of any product.
#ifndef CFAULTVFS_H
#define CFAULTVFS_H

#include <stdint.h>

// What SQLite asks of a file or of the file system, as the method of the same name in sqlite3_vfs or sqlite3_io_methods.
enum {
    CFAULT_OPEN,
    CFAULT_DELETE,
    CFAULT_ACCESS,
    CFAULT_FULL_PATH,
    CFAULT_CLOSE,
    CFAULT_READ,
    CFAULT_WRITE,
    CFAULT_TRUNCATE,
    CFAULT_SYNC,
    CFAULT_FILE_SIZE,
    CFAULT_LOCK,
    CFAULT_UNLOCK,
    CFAULT_CHECK_RESERVED_LOCK,
    CFAULT_SHM_MAP,
    CFAULT_SHM_LOCK,
    CFAULT_SHM_UNMAP,
};

// What is to become of a call.
enum {
    // It is done.
    CFAULT_PASS,
    // It is not done, and gives `code`.
    CFAULT_FAIL,
    // Half of the bytes are written, and it gives `code`; what is no write is not done at all.
    CFAULT_TEAR,
    // It is done, and gives `code` all the same.
    CFAULT_FAIL_AFTER,
    // The process ends with SIGKILL: before the call, with half of the bytes written, or after it.
    CFAULT_KILL_BEFORE,
    CFAULT_KILL_MIDWAY,
    CFAULT_KILL_AFTER,
};

typedef struct {
    int operation;
    // SQLITE_OPEN_MAIN_DB, SQLITE_OPEN_WAL, …, as the file was opened; 0 for calls on a path.
    int kind;
    // Tells this opening of the file from others; NULL for calls on a path.
    const void *file;
    // The file's path; never NULL, since files without a name are not asked about.
    const char *path;
    // Of reads, writes and shared memory; the size of a truncation.
    int64_t offset;
    int64_t length;
    // Of writes.
    const void *bytes;
    // Of opening (SQLITE_OPEN_…), locking (SQLITE_LOCK_…, SQLITE_SHM_…), syncing (SQLITE_SYNC_…), deleting (whether the directory is
    // synced) and looking (SQLITE_ACCESS_…).
    int flags;
} cfault_call;

typedef struct {
    int action;
    int code;
} cfault_verdict;

// Is asked on the thread that makes the call, by several threads at once.
typedef cfault_verdict (*cfault_judge)(const cfault_call *call);

// Puts the layer over the default VFS and makes it the default, once for the life of the process. Connections that are open already
// are left alone. Gives SQLITE_OK or SQLite's code.
int cfault_install(cfault_judge judge);

#endif
