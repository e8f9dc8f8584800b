import QueueModel

/// Numbers with a name that never go back.
struct Counters: StoreComponent {
    let context: StoreContext

    /// The value of a counter; 0 if it was never set.
    func value(of name: String) throws(QueueError) -> Int64 {
        let row = try session.statement(.counter)
        defer { row.reset() }
        row.bind(name, at: 1)
        guard try row.step() else { return 0 }
        guard 0..<1 << 55 ~= row.int64(0) else {
            throw QueueError(.invalidRow, "the column value of row \"\(name)\" of counter can't be read")
        }
        return row.int64(0)
    }

    func set(_ name: String, _ value: Int64) throws(QueueError) {
        let row = try session.statement(.setCounter)
        row.bind(name, at: 1)
        row.bind(value, at: 2)
        try row.run()
    }
}
