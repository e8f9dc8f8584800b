import QueueCompletion
import Synchronization
import Testing

// The code of Documentation/Completions.md, word for word where it stands alone, with what it stands on around it.

struct Entry: Equatable {
    var account: String
    var amount: Int
}

struct Receipt: Equatable {
    var number: Int
}

enum LedgerError: Error {
    case busy
}

/// A store with transactions: all of one is kept, or nothing.
final class Ledger: Sendable {
    private let entries = Mutex<[Entry]>([])

    struct Transaction {
        fileprivate(set) var entries: [Entry]

        mutating func insert(_ entry: Entry) throws -> Receipt {
            entries.append(entry)
            return Receipt(number: entries.count)
        }
    }

    func transaction<Value: Sendable>(_ body: (inout Transaction) throws -> Value) throws -> Value {
        try entries.withLock { entries in
            var transaction = Transaction(entries: entries)
            let value = try body(&transaction)
            entries = transaction.entries
            return value
        }
    }

    var accounts: [String] { entries.withLock { $0.map(\.account) } }
}

final class Journal: Sendable {
    private let storage = Mutex<[String]>([])

    func note(_ lines: [String]) { storage.withLock { $0 += lines } }
    var lines: [String] { storage.withLock { $0 } }
}

struct LedgerCommitter: BatchCommitter {
    let ledger: Ledger

    func commit(_ batch: [Entry]) async throws -> [Receipt] {
        try ledger.transaction { ledger in
            try batch.map { entry in try ledger.insert(entry) }
        }
    }

    func isTransient(_ error: any Error) -> Bool {
        error as? LedgerError == .busy
    }
}

@Suite("The guide's code", .timeLimit(.minutes(10)))
struct GuideTests {
    @Test("C10 group commit")
    func groupCommit() async throws {
        let ledger = Ledger()
        let channel = try CompletionChannel(committer: LedgerCommitter(ledger: ledger))

        let receipt = try await channel.commit(Entry(account: "rent", amount: -900))

        #expect(receipt == Receipt(number: 1))
    }

    @Test("C1 C5 C8 completing, sending, ending")
    func completing() async throws {
        let ledger = Ledger()
        let journal = Journal()
        let slots = Counter()
        let channel = try CompletionChannel(committer: LedgerCommitter(ledger: ledger)) { settlement in
            switch settlement {
            case .committed(let entries, let receipts):
                journal.note(zip(entries, receipts).map { entry, receipt in "\(receipt.number): \(entry.account)" })
            case .rejected(let entry, let error):
                journal.note(["\(entry.account) rejected: \(error)"])
            }
        }

        try await channel.complete(Entry(account: "food", amount: -40))

        let leadership = try channel.send(Entry(account: "fuel", amount: -60))
        slots.add()
        if let leadership { await leadership.run() }

        channel.close()
        let unsaved = await channel.drain(within: .seconds(10))

        #expect(unsaved.isEmpty)
        #expect(journal.lines == ["1: food", "2: fuel"])
    }

    @Test("C2 a standing leader")
    func standingLeader() async throws {
        let ledger = Ledger()
        let channel = try CompletionChannel(committer: LedgerCommitter(ledger: ledger))
        let (wakeUpStream, wakeUps) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        async let receipts = [
            channel.commit(Entry(account: "rent", amount: -900)), channel.commit(Entry(account: "food", amount: -40)),
        ]

        let consumer = try channel.consume { wakeUps.yield() }
        let loop = Task {
            for await _ in wakeUpStream {
                let batch = consumer.take()
                do {
                    consumer.settle(try ledger.transaction { ledger in try batch.map { try ledger.insert($0) } })
                } catch {
                    await consumer.recover(after: error)
                }
            }
            consumer.end()
        }

        #expect(try await receipts == [Receipt(number: 1), Receipt(number: 2)])
        #expect(ledger.accounts == ["rent", "food"])
        wakeUps.finish()
        await loop.value
    }
}
