// The system's SQLite, and nothing of our own.
#include <sqlite3.h>
