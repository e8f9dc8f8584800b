import CMillraceSQLite

/// What SQL of the user's may do in a transaction of the queue's, by SQLite's names for it.
enum UserBounds {
    /// Whether an action is allowed; what is not known is not.
    ///
    /// - Parameters:
    ///   - action: SQLite's code of the action.
    ///   - first: What it is done to, mostly.
    ///   - second: The table, where `first` is an index or a trigger on one; a setting's new value.
    static func allows(_ action: Int32, _ first: String, _ second: String, changingSchema: Bool) -> Bool {
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE:
            return true
        case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE:
            // SQLite itself writes to its schema when a table is made; nobody else can.
            return isUsers(first) || first == "sqlite_sequence"
                || changingSchema && (first == "sqlite_master" || first.hasPrefix("sqlite_stat"))
        case SQLITE_PRAGMA:
            // Full-text tables ask for it.
            return first == "data_version" && second.isEmpty
        case SQLITE_CREATE_TABLE:
            // SQLite makes its own for the first `AUTOINCREMENT`.
            return changingSchema && (isUsers(first) || first == "sqlite_sequence")
        case SQLITE_CREATE_VIEW, SQLITE_DROP_TABLE, SQLITE_DROP_VIEW, SQLITE_CREATE_VTABLE, SQLITE_DROP_VTABLE:
            return changingSchema && isUsers(first)
        case SQLITE_CREATE_INDEX, SQLITE_CREATE_TRIGGER, SQLITE_DROP_INDEX, SQLITE_DROP_TRIGGER:
            // The index behind a `UNIQUE` is made with its table.
            return changingSchema && (isUsers(first) || first.hasPrefix("sqlite_autoindex_")) && isUsers(second)
        case SQLITE_ALTER_TABLE:
            return changingSchema && isUsers(second)
        case SQLITE_REINDEX:
            return changingSchema && (isUsers(first) || first.hasPrefix("sqlite_autoindex_"))
        default:
            return false
        }
    }

    /// Whether a name is neither one of the queue's own nor kept for it or for SQLite.
    private static func isUsers(_ name: String) -> Bool {
        let name = name.lowercased()
        return !owned.contains(name) && !name.hasPrefix(SchemaCheck.reservedPrefix) && !name.hasPrefix("sqlite_")
    }

    private static let owned = Set(SchemaV1.objects.map(\.name))

    /// What a refused action is called.
    static func name(of action: Int32, _ first: String) -> String {
        switch action {
        case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE: "writing to \"\(first)\""
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT: "controlling transactions"
        case SQLITE_ATTACH, SQLITE_DETACH: "attaching and detaching databases"
        case SQLITE_PRAGMA: "the pragma \"\(first)\""
        default: "changing the schema at \"\(first)\""
        }
    }
}
