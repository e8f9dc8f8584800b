extension SQLiteJobStore {
    /// Whether the directory of a file is one that anybody on the machine can write to, such as `/tmp`.
    ///
    /// The file itself is its owner's alone, but others could put files of theirs in its place, or beside it under the names that SQLite
    /// uses, before it is opened. A queue that is opened by path logs a warning. It looks at the permission bits for others alone.
    ///
    /// - Parameter path: The path of the database file, which need not be there.
    public static func directoryIsOpenToOthers(path: String) -> Bool {
        Platform.isOpenToOthers(directoryOf: path)
    }
}
