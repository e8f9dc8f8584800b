import QueueModel
import QueueStoreKit

/// The forms of small values that stand in one column.
enum StoredText {
    // MARK: Tags

    /// Keys and values in turn, each behind its length in bytes and a colon: `4:user5:linus`.
    ///
    /// `nil` without tags.
    static func text(of tags: [Tag]) -> String? {
        if tags.isEmpty { return nil }
        var text = ""
        for tag in tags { text += "\(tag.key.utf8.count):\(tag.key)\(tag.value.utf8.count):\(tag.value)" }
        return text
    }

    /// The tags of a text's bytes; `nil` if they were not written by ``text(of:)-([Tag])``.
    static func tags(in utf8: UnsafeBufferPointer<UInt8>) -> [Tag]? {
        var place = 0
        var tags: [Tag] = []
        while place < utf8.count {
            guard let key = part(of: utf8, at: &place), let value = part(of: utf8, at: &place) else { return nil }
            tags.append(Tag(key, value))
        }
        return tags
    }

    /// The text behind its length in bytes and a colon.
    private static func part(of utf8: UnsafeBufferPointer<UInt8>, at place: inout Int) -> String? {
        var count = 0
        let start = place
        while place < utf8.count, case let digit = Int(utf8[place]) - Int(UInt8(ascii: "0")), 0...9 ~= digit {
            count = count * 10 + digit
            // No text is as long as that, and no number overflows.
            if count > utf8.count { return nil }
            place += 1
        }
        guard place > start, place < utf8.count, utf8[place] == UInt8(ascii: ":") else { return nil }
        place += 1
        guard count <= utf8.count - place else { return nil }
        defer { place += count }
        return String(decoding: UnsafeBufferPointer(rebasing: utf8[place..<place + count]), as: UTF8.self)
    }

    // MARK: Ids

    /// Ids, eight bytes each, the lowest byte first.
    static func bytes(of ids: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * 8)
        for id in ids {
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: id >> shift)) }
        }
        return bytes
    }

    /// The ids of bytes; `nil` if they were not written by ``bytes(of:)``.
    static func ids(in bytes: [UInt8]) -> [Int64]? {
        guard bytes.count.isMultiple(of: 8) else { return nil }
        return stride(from: 0, to: bytes.count, by: 8).map { start in
            (0..<8).reduce(0) { $0 | Int64(bytes[start + $1]) << Int64(8 * $1) }
        }
    }

    // MARK: IO

    /// The four numbers with commas between; empty for nothing, which takes no room in a row.
    static func text(of io: IOAmount) -> String {
        io.isZero ? "" : "\(io.diskRead),\(io.diskWritten),\(io.networkReceived),\(io.networkSent)"
    }

    /// The amount of a text; `nil` if it was not written by ``text(of:)-(IOAmount)``.
    static func io(in text: String) -> IOAmount? {
        if text.isEmpty { return .zero }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 4, let read = parts[0], let written = parts[1], let received = parts[2],
            let sent = parts[3]
        else { return nil }
        return IOAmount(diskRead: read, diskWritten: written, networkReceived: received, networkSent: sent)
    }
}

extension Duration {
    /// The duration in nanoseconds, rounded down, saturating at the ends of `Int64` (292 years).
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, sumOverflow) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        if sumOverflow { return seconds < 0 ? .min : .max }
        return sum
    }
}
