import QueueModel
import QueueStoreKit

/// The stored forms of small values that fit in one column.
enum StoredText {
    // MARK: Tags

    /// Returns keys and values in turn, each after its length in bytes and a colon, such as `4:user5:linus`.
    ///
    /// The result is `nil` without tags.
    static func text(of tags: [Tag]) -> String? {
        if tags.isEmpty { return nil }
        var text = ""
        for tag in tags { text += "\(tag.key.utf8.count):\(tag.key)\(tag.value.utf8.count):\(tag.value)" }
        return text
    }

    /// Returns the tags in a string's bytes, or `nil` if ``text(of:)-([Tag])`` did not write them.
    static func tags(in utf8: UnsafeBufferPointer<UInt8>) -> [Tag]? {
        var place = 0
        var tags: [Tag] = []
        while place < utf8.count {
            guard let key = part(of: utf8, at: &place), let value = part(of: utf8, at: &place) else { return nil }
            tags.append(Tag(key, value))
        }
        return tags
    }

    /// Returns the string after its length in bytes and a colon.
    private static func part(of utf8: UnsafeBufferPointer<UInt8>, at place: inout Int) -> String? {
        var count = 0
        let start = place
        while place < utf8.count, case let digit = Int(utf8[place]) - Int(UInt8(ascii: "0")), 0...9 ~= digit {
            count = count * 10 + digit
            // No string is that long. The check also prevents an overflow.
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

    /// Returns ids as eight bytes each, the lowest byte first.
    static func bytes(of ids: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * 8)
        for id in ids {
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: id >> shift)) }
        }
        return bytes
    }

    /// Returns the ids in bytes, or `nil` if ``bytes(of:)`` did not write them.
    static func ids(in bytes: [UInt8]) -> [Int64]? {
        guard bytes.count.isMultiple(of: 8) else { return nil }
        return stride(from: 0, to: bytes.count, by: 8).map { start in
            (0..<8).reduce(0) { $0 | Int64(bytes[start + $1]) << Int64(8 * $1) }
        }
    }

    // MARK: IO

    /// Returns the four numbers separated by commas, or an empty string, which takes no room in a row, if all are zero.
    static func text(of io: IOAmount) -> String {
        io.isZero ? "" : "\(io.diskRead),\(io.diskWritten),\(io.networkReceived),\(io.networkSent)"
    }

    /// Returns the amount in a string, or `nil` if ``text(of:)-(IOAmount)`` did not write it.
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
