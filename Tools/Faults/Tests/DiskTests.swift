import FaultRuns
import FaultVFS
import QueueTesting
import Testing

@Suite("What a disk has after its power has failed")
struct DiskTests {
    private let log = "/d/log"

    private func disk(_ events: FileEvent...) -> Disk {
        var disk = Disk()
        for event in events { disk.apply(event) }
        return disk
    }

    /// What the log may be after cuts with many seeds; `nil` where it is not there.
    private func outcomes(_ disk: Disk, _ cut: PowerCut) -> Set<[UInt8]?> {
        Set(
            (1...200 as ClosedRange<UInt64>).map { seed in
                var generator = SplitMix64(seed: seed)
                return disk.files(after: cut, using: &generator)[log]
            })
    }

    private func open() -> FileEvent { .open(path: log, file: 1, syncsDirectory: true) }
    private func sync() -> FileEvent { .sync(path: log, file: 1) }
    private func write(_ offset: Int, _ bytes: [UInt8]) -> FileEvent { .write(path: log, offset: offset, bytes: bytes) }

    @Test("what was synced survives every cut", arguments: PowerCut.allCases)
    func synced(cut: PowerCut) {
        #expect(outcomes(disk(open(), write(0, [1, 2]), sync()), cut) == [[1, 2]])
    }

    @Test("a file is there for sure when the first sync of what SQLite makes has synced the directory")
    func directory() {
        #expect(outcomes(disk(open(), write(0, [1])), .nothing) == [nil])
        #expect(outcomes(disk(open(), write(0, [1])), .prefix) == [nil, [], [1]])
        let database = disk(.open(path: log, file: 1, syncsDirectory: false), write(0, [1]), sync())
        #expect(outcomes(database, .nothing) == [nil])
        #expect(outcomes(database, .everything) == [[1]])
    }

    @Test("a file that was deleted comes back unless the directory was synced")
    func deleted() {
        let before: [FileEvent] = [open(), write(0, [1]), sync()]
        var disk = Disk()
        for event in before + [.delete(path: log, syncsDirectory: false)] { disk.apply(event) }
        #expect(outcomes(disk, .nothing) == [[1]])
        #expect(outcomes(disk, .everything) == [nil])
        disk.apply(.delete(path: "/d/other", syncsDirectory: true))
        #expect(outcomes(disk, .nothing) == [nil])
    }

    @Test("writes reach the disk in order, up to a place, and of the next one a part")
    func order() {
        let disk = disk(open(), sync(), write(0, [1, 2]), write(2, [3, 4]))
        #expect(outcomes(disk, .nothing) == [[]])
        #expect(outcomes(disk, .everything) == [[1, 2, 3, 4]])
        #expect(outcomes(disk, .prefix) == [[], [1, 2], [1, 2, 3, 4]])
        #expect(outcomes(disk, .torn) == [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]])
    }

    @Test("sectors reach the disk in any order, and holes are zero or anything")
    func scattered() {
        let one = [UInt8](repeating: 1, count: 512)
        let two = [UInt8](repeating: 2, count: 512)
        let disk = disk(open(), sync(), write(0, one + two))
        let zeros = [UInt8](repeating: 0, count: 512)
        #expect(outcomes(disk, .scattered) == [[], one, zeros + two, one + two])
        let garbled = outcomes(disk, .garbled)
        #expect(garbled.isSuperset(of: [[], one, one + two]))
        #expect(garbled.allSatisfy { ($0?.count ?? 0) <= 512 || $0?.suffix(512) == two[...] })
        #expect(garbled.count > 10)
    }

    @Test("a truncation is there or not, and does not undo what comes after it")
    func truncated() {
        let disk = disk(open(), write(0, [1, 2, 3]), sync(), .truncate(path: log, size: 1), write(1, [4]))
        #expect(outcomes(disk, .prefix) == [[1, 2, 3], [1], [1, 4]])
        #expect(outcomes(disk, .scattered) == [[1, 2, 3], [1], [1, 4], [1, 4, 3]])
    }
}
