extension SQLiteJobStore.Location {
    /// Returns whether anybody on the machine can write to the directory of a file, as with `/tmp`.
    ///
    /// Only its owner can access the file itself, but before it is opened others could put their own files in its
    /// place, or beside it under the names that SQLite uses. A queue that is opened by path logs a warning. Only the
    /// permission bits for others are considered.
    ///
    /// - Parameter path: The path of the database file, which need not exist.
    public static func directoryIsOpenToOthers(path: String) -> Bool {
        Platform.isOpenToOthers(directoryOf: path)
    }
}
