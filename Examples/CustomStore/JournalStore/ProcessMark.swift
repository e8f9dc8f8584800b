import Foundation

/// What tells the processes that write a journal apart, and the runs of their machine.
///
/// One process at a time has the journal open. So all others that have written to it are gone, whether they said so or
/// not.
struct ProcessMark: Codable, Hashable, Sendable {
    /// Different for each process.
    private let process: UUID
    /// The machine's present run; empty where it can't be told.
    private let boot: String

    /// This process.
    static let current = ProcessMark(process: UUID(), boot: presentBoot())

    /// Whether the machine went down since, so that no job is to blame for the process's end.
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
