import CFaultVFS

/// A request of SQLite to a file or to the file system.
package enum FileOperation: String, CaseIterable, Sendable {
    case open, delete, access, fullPath, close
    case read, write, truncate, sync, fileSize
    case lock, unlock, checkReservedLock
    case shmMap, shmLock, shmUnmap

    init?(code: Int32) {
        guard let found = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = found
    }

    private var code: Int32 {
        switch self {
        case .open: Int32(CFAULT_OPEN)
        case .delete: Int32(CFAULT_DELETE)
        case .access: Int32(CFAULT_ACCESS)
        case .fullPath: Int32(CFAULT_FULL_PATH)
        case .close: Int32(CFAULT_CLOSE)
        case .read: Int32(CFAULT_READ)
        case .write: Int32(CFAULT_WRITE)
        case .truncate: Int32(CFAULT_TRUNCATE)
        case .sync: Int32(CFAULT_SYNC)
        case .fileSize: Int32(CFAULT_FILE_SIZE)
        case .lock: Int32(CFAULT_LOCK)
        case .unlock: Int32(CFAULT_UNLOCK)
        case .checkReservedLock: Int32(CFAULT_CHECK_RESERVED_LOCK)
        case .shmMap: Int32(CFAULT_SHM_MAP)
        case .shmLock: Int32(CFAULT_SHM_LOCK)
        case .shmUnmap: Int32(CFAULT_SHM_UNMAP)
        }
    }
}
