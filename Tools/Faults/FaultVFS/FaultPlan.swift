import CToolSQLite

/// Which call goes wrong, and how.
package struct FaultPlan: Hashable, Sendable {
    /// The operations that count; empty: all.
    package var operations: Set<FileOperation>
    /// The files that count; empty: all.
    package var roles: Set<FileRole>
    /// The number of the call, from 1, among those that count.
    package var call: Int
    /// The effect on it.
    package var effect: Effect
    /// How many calls it happens to, that one and those behind it that count; `.max`: all, until the plan is lifted.
    package var times: Int

    /// The effect on a call.
    package enum Effect: Hashable, Sendable {
        /// It is not done, and gives the input or output error that SQLite has for it.
        case error
        /// It is done, and gives an error all the same.
        case errorAfter
        /// Half of the bytes are written, then the error comes.
        case torn
        /// It is not done, since the disk is full.
        case full
        /// Half of the bytes are written, then the disk is full.
        case tornFull
        /// The lock belongs to another connection.
        case busy
        /// The process ends with SIGKILL.
        case kill(FileVerdict.Moment)
    }

    /// Creates a plan.
    package init(
        call: Int, of operations: Set<FileOperation> = [], on roles: Set<FileRole> = [], does effect: Effect,
        times: Int = 1
    ) {
        self.call = call
        self.operations = operations
        self.roles = roles
        self.effect = effect
        self.times = times
    }

    /// Whether a call counts.
    package func counts(_ operation: FileOperation, on role: FileRole) -> Bool {
        (operations.isEmpty || operations.contains(operation)) && (roles.isEmpty || roles.contains(role))
    }

    /// The effect on a call that the plan selects.
    package func verdict(on operation: FileOperation) -> FileVerdict {
        switch effect {
        case .error: .fail(operation.failure)
        case .errorAfter: .failAfter(operation.failure)
        case .torn: .tear(operation.failure)
        case .full: .fail(SQLITE_FULL)
        case .tornFull: .tear(SQLITE_FULL)
        case .busy: .fail(SQLITE_BUSY)
        case .kill(let moment): .kill(moment)
        }
    }
}

extension FileOperation {
    /// The error that SQLite's own file system returns when the call fails.
    ///
    /// Most are macros of SQLite's that Swift can't see: the low byte is `SQLITE_IOERR`, the next tells which.
    package var failure: Int32 {
        switch self {
        case .open, .fullPath: SQLITE_CANTOPEN
        case .read: ioError(1)
        case .write: ioError(3)
        case .sync: ioError(4)
        case .truncate: ioError(6)
        case .fileSize: ioError(7)
        case .unlock: ioError(8)
        case .delete: ioError(10)
        case .access: ioError(13)
        case .checkReservedLock: ioError(14)
        case .lock: ioError(15)
        case .close, .shmUnmap: ioError(16)
        case .shmLock: ioError(20)
        case .shmMap: ioError(21)
        }
    }

    private func ioError(_ detail: Int32) -> Int32 { SQLITE_IOERR | detail << 8 }
}
