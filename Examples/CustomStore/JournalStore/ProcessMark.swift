import Foundation

/// What tells the processes that write a journal apart, and the runs of their machine.
///
/// One process at a time has the journal open. So all others that have written to it are gone, whether they said so or
/// not.
struct ProcessMark: Codable, Hashable, Sendable {
    /// A number that differs for each process.
    private let process: UUID
    /// An id of the machine's present boot; empty if it is unknown.
    private let boot: String

    /// This process.
    static let current = ProcessMark(process: UUID(), boot: presentBoot())

    /// Whether the machine has rebooted since, so that no job is to blame for the death of the process.
    var hostWentDown: Bool {
        !boot.isEmpty && !Self.current.boot.isEmpty && boot != Self.current.boot
    }

    #if os(Linux)
        private static func presentBoot() -> String {
            (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
                .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        }
    #else
        private static func presentBoot() -> String { "" }
    #endif
}
