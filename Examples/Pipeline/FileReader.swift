import ExampleSupport
import Foundation
import Millrace

/// Reads a file in parts, each on a thread that may block, and stops between two of them when its job is to stop.
struct FileReader: Sendable {
    /// The largest number of bytes that each job reads per second; `nil` for no limit.
    let bytesPerSecond: Int64?

    private var partSize: Int { bytesPerSecond.map { Int(max(1, min($0 / 10, 1 << 20))) } ?? 1 << 20 }

    /// Calls `body` with the parts of the file in order, from an offset to the end.
    func read(
        _ path: String, from offset: Int64 = 0, in context: JobContext, _ body: (Data) async throws -> Void
    ) async throws {
        var offset = offset
        let size = partSize
        while true {
            try context.checkCancellation()
            let part = try await onThread { [offset] in try Self.part(of: path, at: offset, size) }
            context.report(io: IOAmount(diskRead: Int64(part.count)))
            try await body(part)
            offset += Int64(part.count)
            // A regular file gives what was asked for, until its end.
            if part.count < size { return }
            if let bytesPerSecond {
                try await context.clock.sleep(for: .seconds(Double(part.count) / Double(bytesPerSecond)))
            }
        }
    }

    private static func part(of path: String, at offset: Int64, _ size: Int) throws -> Data {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        if offset > 0 { try file.seek(toOffset: UInt64(offset)) }
        return try file.read(upToCount: size) ?? Data()
    }
}
