import QueueModel

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

    /// The tags of a text; `nil` if it was not written by ``text(of:)-([Tag])``.
    static func tags(in text: String) -> [Tag]? {
        var rest = Substring(text).utf8
        var parts: [String] = []
        while !rest.isEmpty {
            guard let colon = rest.firstIndex(of: UInt8(ascii: ":")), let count = Int(Substring(rest[..<colon])),
                count >= 0
            else { return nil }
            rest = rest[rest.index(after: colon)...]
            guard let end = rest.index(rest.startIndex, offsetBy: count, limitedBy: rest.endIndex) else { return nil }
            parts.append(String(Substring(rest[..<end])))
            rest = rest[end...]
        }
        guard parts.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: parts.count, by: 2).map { Tag(parts[$0], parts[$0 + 1]) }
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
