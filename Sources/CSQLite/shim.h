// The system's SQLite, and of our own only what Swift can't call: a function with variable arguments.
#include <sqlite3.h>

// Refuses SQL that could corrupt the file, and ignores what a schema says about functions it may run.
static inline int millrace_set_defensive(sqlite3 *connection) {
    int code = sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
    if (code != SQLITE_OK) return code;
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
}
