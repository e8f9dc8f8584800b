import CFaultVFS
import CToolSQLite
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Decides what becomes of SQLite's calls on files.
package protocol FileJudge: Sendable {
    /// Returns the verdict on a call, on the thread that makes it; several threads may ask at once.
    ///
    /// It must not use SQLite.
    func verdict(on call: FileCall) -> FileVerdict
}

/// A layer between SQLite and its files, in which tests let calls fail, end the process, or note what is written when.
///
/// It becomes SQLite's default file system with the first judge, for the rest of the process; what is opened afterwards
/// passes through it, whoever opens it. Files without a judge pay for a comparison of their path, and pass.
package enum FaultVFS {
    private struct Court {
        var directory: [UInt8]
        var judge: any FileJudge
    }

    private static let courts = Mutex<[Court]>([])
    private static let installation: Int32 = cfault_install { call in
        call.map { FaultVFS.verdict(on: $0.pointee) } ?? FileVerdict.pass.inC
    }

    /// SQLite would not take the layer.
    package struct InstallationError: Error {
        /// SQLite's code.
        package let code: Int32
    }

    /// Lets a judge decide about all files in a directory.
    ///
    /// Its path is given as SQLite opens files: from the root, without links. The judge takes the place of one that was
    /// there.
    package static func attach(_ judge: any FileJudge, to directory: String) throws(InstallationError) {
        if installation != SQLITE_OK { throw InstallationError(code: installation) }
        let prefix = Array(directory.utf8) + [UInt8(ascii: "/")]
        courts.withLock { courts in
            courts.removeAll { $0.directory == prefix }
            courts.append(Court(directory: prefix, judge: judge))
        }
    }

    /// Stops injecting faults in a directory.
    package static func detach(from directory: String) {
        let prefix = Array(directory.utf8) + [UInt8(ascii: "/")]
        courts.withLock { courts in courts.removeAll { $0.directory == prefix } }
    }

    private static func verdict(on call: cfault_call) -> cfault_verdict {
        guard let start = call.path else { return FileVerdict.pass.inC }
        let judge = courts.withLock { courts in
            courts.first { court in
                court.directory.withUnsafeBytes { prefix in
                    prefix.baseAddress.map { strncmp(start, $0, prefix.count) == 0 } ?? false
                }
            }?.judge
        }
        guard let judge, let named = FileCall(call, path: String(cString: start)) else { return FileVerdict.pass.inC }
        return judge.verdict(on: named).inC
    }
}
