// The system's SQLite as it is, for tools that work below the library or beside it.
#include <sqlite3.h>
