import QueueTesting

/// A change of a file's bytes; a place behind the file's end counts from its beginning again.
public enum FileMutation: Hashable, Sendable, CustomStringConvertible {
    /// One byte.
    case set(Int, UInt8)
    /// Four bytes, the highest first, as SQLite writes most of its numbers.
    case number(Int, UInt32)
    /// A stretch of one byte.
    case fill(Int, Int, UInt8)
    /// A page in place of another.
    case copyPage(Int, Int)
    /// Two pages in each other's places.
    case swapPages(Int, Int)
    /// All behind a place is gone.
    case truncate(Int)
    /// So many bytes behind the end.
    case extend(Int, UInt8)
    /// One of these changes, but of the log beside the file.
    indirect case log(FileMutation)

    private static let pageSize = 4096

    /// A change by chance, the places that steer SQLite more often.
    static func random(of sample: SampleFile, using generator: inout SplitMix64) -> FileMutation {
        if sample == .live, generator.roll(2) == 0 { return .log(random(using: &generator)) }
        return random(using: &generator)
    }

    private static func random(using generator: inout SplitMix64) -> FileMutation {
        // Pages are told by number so that a change means about the same on files of other sizes.
        let page = generator.roll(64)
        let place =
            switch generator.roll(6) {
            case 0: generator.roll(100)
            case 1: page * pageSize + generator.roll(12)
            case 2: page * pageSize + 8 + generator.roll(60)
            case 3: page * pageSize + pageSize - 1 - generator.roll(600)
            default: page * pageSize + generator.roll(pageSize)
            }
        switch generator.roll(16) {
        case ..<8:
            return .set(place, generator.pick([0, 1, 2, 5, 10, 13, 0x7F, 0x80, 0xFF, UInt8(generator.roll(256))]))
        case ..<10:
            return .number(
                place,
                generator.pick([0, 1, 2, 0x7FFF_FFFF, .max, UInt32(page), UInt32(truncatingIfNeeded: generator.next())])
            )
        case ..<11: return .fill(place, 1 + generator.roll(600), UInt8(generator.roll(256)))
        case ..<12: return .copyPage(generator.roll(64), page)
        case ..<13: return .swapPages(generator.roll(64), page)
        case ..<15: return .truncate(generator.roll(2) == 0 ? page * pageSize : place)
        default: return .extend(1 + generator.roll(5000), UInt8(generator.roll(256)))
        }
    }

    /// Applies the mutation to the bytes of a file and of its log.
    func apply(to file: inout [UInt8], log: inout [UInt8]) {
        if case .log(let change) = self { change.apply(to: &log) } else { apply(to: &file) }
    }

    private func apply(to bytes: inout [UInt8]) {
        func put(_ place: Int, _ byte: UInt8) {
            if !bytes.isEmpty { bytes[place % bytes.count] = byte }
        }
        func page(_ number: Int) -> Range<Int> {
            let start = number % max(bytes.count / Self.pageSize, 1) * Self.pageSize
            return start..<min(start + Self.pageSize, bytes.count)
        }
        switch self {
        case .set(let place, let byte): put(place, byte)
        case .number(let place, let number):
            for index in 0..<4 { put(place + index, UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * index))) }
        case .fill(let place, let count, let byte): for index in 0..<count { put(place + index, byte) }
        case .copyPage(let source, let target):
            let copy = Array(bytes[page(source)])
            for (place, byte) in zip(page(target), copy) { bytes[place] = byte }
        case .swapPages(let first, let second):
            let (one, other) = (page(first), page(second))
            guard one.count == other.count, one != other else { return }
            for (left, right) in zip(one, other) { bytes.swapAt(left, right) }
        case .truncate(let count): bytes.removeLast(bytes.count - count % (bytes.count + 1))
        case .extend(let count, let byte): bytes += [UInt8](repeating: byte, count: count)
        case .log(let change): change.apply(to: &bytes)
        }
    }

    /// A word and numbers.
    public var description: String {
        switch self {
        case .set(let place, let byte): "set \(place) \(byte)"
        case .number(let place, let number): "number \(place) \(number)"
        case .fill(let place, let count, let byte): "fill \(place) \(count) \(byte)"
        case .copyPage(let source, let target): "copy \(source) \(target)"
        case .swapPages(let first, let second): "swap \(first) \(second)"
        case .truncate(let count): "truncate \(count)"
        case .extend(let count, let byte): "extend \(count) \(byte)"
        case .log(let change): "log \(change)"
        }
    }

    /// Reads what ``description`` writes; `nil` for anything else.
    public init?(_ description: String) {
        if description.hasPrefix("log ") {
            guard let change = FileMutation(String(description.dropFirst(4))) else { return nil }
            self = .log(change)
            return
        }
        let words = description.split(separator: " ")
        let numbers = words.dropFirst().compactMap { UInt32($0) }
        guard let word = words.first, numbers.count == words.count - 1 else { return nil }
        let places = numbers.map { Int($0) }
        let byte = UInt8(truncatingIfNeeded: numbers.last ?? 0)
        switch (word, numbers.count) {
        case ("set", 2): self = .set(places[0], byte)
        case ("number", 2): self = .number(places[0], numbers[1])
        case ("fill", 3): self = .fill(places[0], places[1], byte)
        case ("copy", 2): self = .copyPage(places[0], places[1])
        case ("swap", 2): self = .swapPages(places[0], places[1])
        case ("truncate", 1): self = .truncate(places[0])
        case ("extend", 2): self = .extend(places[0], byte)
        default: return nil
        }
    }
}
