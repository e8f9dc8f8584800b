#include "CFaultVFS.h"

#include <signal.h>
#include <sqlite3.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

// A file as SQLite sees it; the one below lies behind it.
typedef struct {
    sqlite3_file base;
    int kind;
    // SQLite keeps it until the file is closed. NULL: a temporary file, which nobody is asked about.
    const char *path;
} layered_file;

enum { HEADER = (sizeof(layered_file) + 15) & ~(size_t)15 };

static sqlite3_vfs *below;
static cfault_judge judge;

static sqlite3_file *file_below(sqlite3_file *file) { return (sqlite3_file *)((char *)file + HEADER); }

static void end_process(void) {
    kill(getpid(), SIGKILL);
    // The signal ends all threads before this one goes on, but need not do so before kill returns.
    for (;;) pause();
}

// Asks, and ends the process if it is to end before the call.
static cfault_verdict ask(const cfault_call *call) {
    if (call->path == 0) return (cfault_verdict){CFAULT_PASS, SQLITE_OK};
    cfault_verdict verdict = judge(call);
    if (verdict.action == CFAULT_KILL_BEFORE) end_process();
    return verdict;
}

// Whether a call that writes nothing is not to be done.
static int is_refused(cfault_verdict verdict) {
    if (verdict.action == CFAULT_KILL_MIDWAY) end_process();
    return verdict.action == CFAULT_FAIL || verdict.action == CFAULT_TEAR;
}

// What a call that was done gives.
static int result(cfault_verdict verdict, int code) {
    if (verdict.action == CFAULT_KILL_AFTER) end_process();
    return verdict.action == CFAULT_FAIL_AFTER ? verdict.code : code;
}

static cfault_verdict ask_file(sqlite3_file *file, int operation, sqlite3_int64 offset, sqlite3_int64 length, int flags) {
    layered_file *layered = (layered_file *)file;
    return ask(&(cfault_call){
        .operation = operation, .kind = layered->kind, .file = file, .path = layered->path, .offset = offset,
        .length = length, .flags = flags});
}

static cfault_verdict ask_path(int operation, const char *path, int flags) {
    return ask(&(cfault_call){.operation = operation, .path = path, .flags = flags});
}

// Files

static int layered_close(sqlite3_file *file) {
    // A file can't stay open, so this never fails.
    cfault_verdict verdict = ask_file(file, CFAULT_CLOSE, 0, 0, 0);
    return result(verdict, file_below(file)->pMethods->xClose(file_below(file)));
}

static int layered_read(sqlite3_file *file, void *bytes, int length, sqlite3_int64 offset) {
    cfault_verdict verdict = ask_file(file, CFAULT_READ, offset, length, 0);
    if (is_refused(verdict)) {
        // SQLite must never go by what happens to be in the buffer.
        memset(bytes, 0, (size_t)length);
        return verdict.code;
    }
    return result(verdict, file_below(file)->pMethods->xRead(file_below(file), bytes, length, offset));
}

static int layered_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset) {
    layered_file *layered = (layered_file *)file;
    sqlite3_file *real = file_below(file);
    cfault_verdict verdict = ask(&(cfault_call){
        .operation = CFAULT_WRITE, .kind = layered->kind, .file = file, .path = layered->path, .offset = offset,
        .length = length, .bytes = bytes});
    if (verdict.action == CFAULT_FAIL) return verdict.code;
    if (verdict.action == CFAULT_TEAR || verdict.action == CFAULT_KILL_MIDWAY) {
        if (length > 1) real->pMethods->xWrite(real, bytes, length / 2, offset);
        if (verdict.action == CFAULT_KILL_MIDWAY) end_process();
        return verdict.code;
    }
    return result(verdict, real->pMethods->xWrite(real, bytes, length, offset));
}

static int layered_truncate(sqlite3_file *file, sqlite3_int64 size) {
    cfault_verdict verdict = ask_file(file, CFAULT_TRUNCATE, size, 0, 0);
    if (is_refused(verdict)) return verdict.code;
    return result(verdict, file_below(file)->pMethods->xTruncate(file_below(file), size));
}

static int layered_sync(sqlite3_file *file, int flags) {
    cfault_verdict verdict = ask_file(file, CFAULT_SYNC, 0, 0, flags);
    if (is_refused(verdict)) return verdict.code;
    return result(verdict, file_below(file)->pMethods->xSync(file_below(file), flags));
}

static int layered_file_size(sqlite3_file *file, sqlite3_int64 *size) {
    cfault_verdict verdict = ask_file(file, CFAULT_FILE_SIZE, 0, 0, 0);
    if (is_refused(verdict)) return verdict.code;
    return result(verdict, file_below(file)->pMethods->xFileSize(file_below(file), size));
}

static int layered_lock(sqlite3_file *file, int level) {
    cfault_verdict verdict = ask_file(file, CFAULT_LOCK, 0, 0, level);
    // A lock that was taken, and refused all the same, would never be given up.
    if (is_refused(verdict) || verdict.action == CFAULT_FAIL_AFTER) return verdict.code;
    return result(verdict, file_below(file)->pMethods->xLock(file_below(file), level));
}

static int layered_unlock(sqlite3_file *file, int level) {
    cfault_verdict verdict = ask_file(file, CFAULT_UNLOCK, 0, 0, level);
    int code = file_below(file)->pMethods->xUnlock(file_below(file), level);
    // SQLite does not try again, so the lock is gone whatever is said.
    if (is_refused(verdict)) return verdict.code;
    return result(verdict, code);
}

static int layered_check_reserved_lock(sqlite3_file *file, int *is_held) {
    cfault_verdict verdict = ask_file(file, CFAULT_CHECK_RESERVED_LOCK, 0, 0, 0);
    if (is_refused(verdict)) return verdict.code;
    return result(verdict, file_below(file)->pMethods->xCheckReservedLock(file_below(file), is_held));
}

static int layered_file_control(sqlite3_file *file, int operation, void *argument) {
    return file_below(file)->pMethods->xFileControl(file_below(file), operation, argument);
}

static int layered_sector_size(sqlite3_file *file) {
    return file_below(file)->pMethods->xSectorSize(file_below(file));
}

static int layered_device_characteristics(sqlite3_file *file) {
    return file_below(file)->pMethods->xDeviceCharacteristics(file_below(file));
}

static int layered_shm_map(sqlite3_file *file, int page, int size, int extends, void volatile **memory) {
    cfault_verdict verdict = ask_file(file, CFAULT_SHM_MAP, (sqlite3_int64)page * size, size, extends);
    if (is_refused(verdict) || verdict.action == CFAULT_FAIL_AFTER) {
        *memory = 0;
        return verdict.code;
    }
    return result(verdict, file_below(file)->pMethods->xShmMap(file_below(file), page, size, extends, memory));
}

static int layered_shm_lock(sqlite3_file *file, int first, int count, int flags) {
    cfault_verdict verdict = ask_file(file, CFAULT_SHM_LOCK, first, count, flags);
    int is_taken = (flags & SQLITE_SHM_LOCK) != 0;
    // As with the locks of the file: one that is refused is not held, one that is given up is gone.
    if (is_taken && (is_refused(verdict) || verdict.action == CFAULT_FAIL_AFTER)) return verdict.code;
    int code = file_below(file)->pMethods->xShmLock(file_below(file), first, count, flags);
    if (is_refused(verdict)) return verdict.code;
    return result(verdict, code);
}

static void layered_shm_barrier(sqlite3_file *file) {
    // Nothing can go wrong with it, and nothing in any file changes.
    file_below(file)->pMethods->xShmBarrier(file_below(file));
}

static int layered_shm_unmap(sqlite3_file *file, int deletes) {
    cfault_verdict verdict = ask_file(file, CFAULT_SHM_UNMAP, 0, 0, deletes);
    int code = file_below(file)->pMethods->xShmUnmap(file_below(file), deletes);
    return result(verdict, code);
}

// Version 2 has shared memory but no mapped files, so every byte goes through reads and writes.
static const sqlite3_io_methods layered_methods = {
    .iVersion = 2,
    .xClose = layered_close,
    .xRead = layered_read,
    .xWrite = layered_write,
    .xTruncate = layered_truncate,
    .xSync = layered_sync,
    .xFileSize = layered_file_size,
    .xLock = layered_lock,
    .xUnlock = layered_unlock,
    .xCheckReservedLock = layered_check_reserved_lock,
    .xFileControl = layered_file_control,
    .xSectorSize = layered_sector_size,
    .xDeviceCharacteristics = layered_device_characteristics,
    .xShmMap = layered_shm_map,
    .xShmLock = layered_shm_lock,
    .xShmBarrier = layered_shm_barrier,
    .xShmUnmap = layered_shm_unmap,
};

// For files below without shared memory: those that are opened as immutable, say.
static const sqlite3_io_methods layered_methods_alone = {
    .iVersion = 1,
    .xClose = layered_close,
    .xRead = layered_read,
    .xWrite = layered_write,
    .xTruncate = layered_truncate,
    .xSync = layered_sync,
    .xFileSize = layered_file_size,
    .xLock = layered_lock,
    .xUnlock = layered_unlock,
    .xCheckReservedLock = layered_check_reserved_lock,
    .xFileControl = layered_file_control,
    .xSectorSize = layered_sector_size,
    .xDeviceCharacteristics = layered_device_characteristics,
};

// The file system

static const int KINDS = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TEMP_JOURNAL |
    SQLITE_OPEN_TRANSIENT_DB | SQLITE_OPEN_SUBJOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;

static int layer_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *opened_flags) {
    (void)vfs;
    layered_file *layered = (layered_file *)file;
    layered->base.pMethods = 0;
    layered->kind = flags & KINDS;
    layered->path = path;
    cfault_verdict verdict = ask(&(cfault_call){
        .operation = CFAULT_OPEN, .kind = layered->kind, .file = file, .path = path, .flags = flags});
    if (is_refused(verdict) || verdict.action == CFAULT_FAIL_AFTER) return verdict.code;
    sqlite3_file *real = file_below(file);
    real->pMethods = 0;
    int code = below->xOpen(below, path, real, flags, opened_flags);
    if (code == SQLITE_OK && real->pMethods != 0) {
        int has_memory = real->pMethods->iVersion >= 2 && real->pMethods->xShmMap != 0;
        layered->base.pMethods = has_memory ? &layered_methods : &layered_methods_alone;
    } else if (real->pMethods != 0) {
        real->pMethods->xClose(real);
    }
    return result(verdict, code);
}

static int layer_delete(sqlite3_vfs *vfs, const char *path, int syncs_directory) {
    (void)vfs;
    cfault_verdict verdict = ask_path(CFAULT_DELETE, path, syncs_directory);
    if (is_refused(verdict)) return verdict.code;
    return result(verdict, below->xDelete(below, path, syncs_directory));
}

static int layer_access(sqlite3_vfs *vfs, const char *path, int flags, int *answer) {
    (void)vfs;
    cfault_verdict verdict = ask_path(CFAULT_ACCESS, path, flags);
    if (is_refused(verdict)) return verdict.code;
    return result(verdict, below->xAccess(below, path, flags, answer));
}

static int layer_full_path(sqlite3_vfs *vfs, const char *path, int size, char *full) {
    (void)vfs;
    cfault_verdict verdict = ask_path(CFAULT_FULL_PATH, path, 0);
    if (is_refused(verdict)) return verdict.code;
    return result(verdict, below->xFullPathname(below, path, size, full));
}

static void *layer_open_library(sqlite3_vfs *vfs, const char *path) {
    (void)vfs;
    return below->xDlOpen(below, path);
}

static void layer_library_error(sqlite3_vfs *vfs, int size, char *text) {
    (void)vfs;
    below->xDlError(below, size, text);
}

static void (*layer_symbol(sqlite3_vfs *vfs, void *library, const char *name))(void) {
    (void)vfs;
    return below->xDlSym(below, library, name);
}

static void layer_close_library(sqlite3_vfs *vfs, void *library) {
    (void)vfs;
    below->xDlClose(below, library);
}

static int layer_randomness(sqlite3_vfs *vfs, int size, char *bytes) {
    (void)vfs;
    return below->xRandomness(below, size, bytes);
}

static int layer_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return below->xSleep(below, microseconds);
}

static int layer_time(sqlite3_vfs *vfs, double *days) {
    (void)vfs;
    return below->xCurrentTime(below, days);
}

static int layer_last_error(sqlite3_vfs *vfs, int size, char *text) {
    (void)vfs;
    return below->xGetLastError(below, size, text);
}

static int layer_time_in_milliseconds(sqlite3_vfs *vfs, sqlite3_int64 *milliseconds) {
    (void)vfs;
    return below->xCurrentTimeInt64(below, milliseconds);
}

static sqlite3_vfs layer = {
    .iVersion = 2,
    .zName = "millrace-faults",
    .xOpen = layer_open,
    .xDelete = layer_delete,
    .xAccess = layer_access,
    .xFullPathname = layer_full_path,
    .xDlOpen = layer_open_library,
    .xDlError = layer_library_error,
    .xDlSym = layer_symbol,
    .xDlClose = layer_close_library,
    .xRandomness = layer_randomness,
    .xSleep = layer_sleep,
    .xCurrentTime = layer_time,
    .xGetLastError = layer_last_error,
    .xCurrentTimeInt64 = layer_time_in_milliseconds,
};

int cfault_install(cfault_judge asked) {
    int code = sqlite3_initialize();
    if (code != SQLITE_OK) return code;
    if (below != 0) return SQLITE_MISUSE;
    sqlite3_vfs *found = sqlite3_vfs_find(0);
    if (found == 0 || found->iVersion < 2) return SQLITE_ERROR;
    below = found;
    judge = asked;
    layer.szOsFile = (int)HEADER + found->szOsFile;
    layer.mxPathname = found->mxPathname;
    return sqlite3_vfs_register(&layer, 1);
}
