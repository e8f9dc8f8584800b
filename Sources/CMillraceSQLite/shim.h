// The system's SQLite, and of our own only what Swift can't say: a function with variable arguments, a structure that C has to lay out.
#include <sqlite3.h>
#include <unistd.h>

// Refuses SQL that could corrupt the file, and ignores what a schema says about functions it may run.
static inline int millrace_set_defensive(sqlite3 *connection) {
    int code = sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
    if (code != SQLITE_OK) return code;
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
}

// Whether the last connection that closes copies the log into the file and takes it away.
static inline int millrace_set_checkpoint_on_close(sqlite3 *connection, int isOn) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !isOn, (int *)0);
}

// The commit bell: a virtual table that has no rows. Whoever inserts into it makes it part of the transaction, and SQLite tells a virtual table
// when a transaction that it is part of was committed. A commit hook would tell as well, but a connection has only one, which may be
// somebody else's, and nobody can ask for it to put it back.

typedef struct {
    sqlite3_vtab base;
    int file;
} millrace_bell;

static int millrace_bell_connect(
    sqlite3 *connection, void *file, int count, const char *const *arguments, sqlite3_vtab **made, char **error) {
    (void)count, (void)arguments, (void)error;
    int code = sqlite3_declare_vtab(connection, "CREATE TABLE bell(rung)");
    if (code != SQLITE_OK) return code;
    millrace_bell *bell = (millrace_bell *)sqlite3_malloc((int)sizeof(millrace_bell));
    if (bell == 0) return SQLITE_NOMEM;
    *bell = (millrace_bell){.file = *(int *)file};
    *made = &bell->base;
    return SQLITE_OK;
}

static int millrace_bell_disconnect(sqlite3_vtab *bell) {
    sqlite3_free(bell);
    return SQLITE_OK;
}

// It can't be read, and so neither updated nor deleted from.
static int millrace_bell_plan(sqlite3_vtab *bell, sqlite3_index_info *plan) {
    (void)bell, (void)plan;
    return SQLITE_CONSTRAINT;
}

static int millrace_bell_insert(sqlite3_vtab *bell, int count, sqlite3_value **values, sqlite3_int64 *row) {
    (void)bell, (void)values;
    if (count > 1) *row = 1;
    return count > 1 ? SQLITE_OK : SQLITE_READONLY;
}

static int millrace_bell_begin(sqlite3_vtab *bell) {
    (void)bell;
    return SQLITE_OK;
}

static int millrace_bell_commit(sqlite3_vtab *bell) {
    unsigned char byte = 1;
    // The transaction is over: if this fails, whoever waits looks by itself after a while.
    ssize_t written = pwrite(((millrace_bell *)bell)->file, &byte, 1, 0);
    (void)written;
    return SQLITE_OK;
}

static void millrace_bell_destroy(void *file) {
    close(*(int *)file);
    sqlite3_free(file);
}

// Gives a connection the table, under a name, which writes a byte to a file after each commit that it is part of. Takes the file,
// and closes it with the connection, or at once if this fails.
static inline int millrace_install_bell(sqlite3 *connection, const char *name, int file) {
    // Without a function that creates it, it is there by itself and can't be made a second time.
    static const sqlite3_module module = {
        .iVersion = 1,
        .xConnect = millrace_bell_connect,
        .xBestIndex = millrace_bell_plan,
        .xDisconnect = millrace_bell_disconnect,
        .xUpdate = millrace_bell_insert,
        .xBegin = millrace_bell_begin,
        .xCommit = millrace_bell_commit,
        .xRollback = millrace_bell_begin,
    };
    int *kept = (int *)sqlite3_malloc((int)sizeof(int));
    if (kept == 0) {
        close(file);
        return SQLITE_NOMEM;
    }
    *kept = file;
    return sqlite3_create_module_v2(connection, name, &module, kept, millrace_bell_destroy);
}
