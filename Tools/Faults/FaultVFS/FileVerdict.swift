import CFaultVFS

/// The verdict on a call to a file.
package enum FileVerdict: Hashable, Sendable {
    /// It is done.
    case pass
    /// It is not done, and gives SQLite's code.
    case fail(Int32)
    /// Half of its bytes are written, and it gives the code; what is no write is not done.
    case tear(Int32)
    /// It is done, and gives the code all the same; what takes a lock or memory is not done.
    case failAfter(Int32)
    /// The process ends with SIGKILL.
    case kill(Moment)

    /// The time at which a process ends.
    package enum Moment: String, CaseIterable, Sendable {
        case before
        /// With half of the bytes written; as ``before`` for what is no write.
        case midway
        case after
    }

    var inC: cfault_verdict {
        switch self {
        case .pass: cfault_verdict(action: Int32(CFAULT_PASS), code: 0)
        case .fail(let code): cfault_verdict(action: Int32(CFAULT_FAIL), code: code)
        case .tear(let code): cfault_verdict(action: Int32(CFAULT_TEAR), code: code)
        case .failAfter(let code): cfault_verdict(action: Int32(CFAULT_FAIL_AFTER), code: code)
        case .kill(.before): cfault_verdict(action: Int32(CFAULT_KILL_BEFORE), code: 0)
        case .kill(.midway): cfault_verdict(action: Int32(CFAULT_KILL_MIDWAY), code: 0)
        case .kill(.after): cfault_verdict(action: Int32(CFAULT_KILL_AFTER), code: 0)
        }
    }
}
