import QueueBackoff
import QueueModel
import QueueStoreKit
import Testing

@Suite("Fair share") struct FairShareTests {
    private typealias Group = SlotSimulator.Group

    /// A case of groups that always have work, by weight and duration.
    struct Load: Sendable, CustomTestStringConvertible {
        var slots: Int
        var weights: [Int]
        var durations: [ClosedRange<Int>]

        var testDescription: String { "\(slots) slots, weights \(weights), durations \(durations)" }
    }

    private static let loads = [
        Load(slots: 1, weights: [1, 1], durations: [100...100, 1000...1000]),
        Load(slots: 8, weights: [1, 1], durations: [100...100, 1000...1000]),
        Load(slots: 8, weights: [1, 2, 5], durations: [1000...1000, 100...100, 300...300]),
        Load(slots: 8, weights: [5, 2, 1], durations: [50...200, 500...2000, 10...50]),
        Load(slots: 3, weights: [1, 10], durations: [200...400, 200...400]),
        Load(slots: 16, weights: [3, 1, 1, 1], durations: [5...5, 50...50, 50...50, 5...50]),
        Load(slots: 2, weights: [7, 3, 2, 1, 1], durations: [20...60, 200...600, 20...60, 200...600, 20...60]),
        Load(slots: 64, weights: [100, 300], durations: [1000...1000, 100...100]),
    ]

    @Test(
        "D6 the long-run share of slot time is within 2 % of the weight, however long a group's jobs are",
        arguments: loads)
    func longRun(_ load: Load) {
        var simulator = SlotSimulator(
            slots: load.slots,
            zip(load.weights, load.durations).map { Group(share: FairSharePolicy.Share(weight: $0), duration: $1) })
        simulator.run(for: 200_000)
        let weights = Double(load.weights.reduce(0, +))
        for (index, weight) in load.weights.enumerated() {
            let wanted = Double(weight) / weights
            let part = simulator.part(of: index)
            #expect(abs(part / wanted - 1) <= 0.02, "group \(index) had \(part) of the time, its weight is \(wanted)")
        }
        #expect(simulator.faults.isEmpty, "\(simulator.faults.first ?? "")")
        let used = simulator.groups.reduce(0) { $0 + $1.slotTime }
        #expect(used == Int64(load.slots) * simulator.now, "every slot is used all the time")
    }

    @Test("D6 jobs of a millisecond are charged for their time as longer ones are")
    func shortJobs() {
        var simulator = SlotSimulator(
            slots: 2,
            [
                Group(share: FairSharePolicy.Share(), duration: 1...1),
                Group(share: FairSharePolicy.Share(), duration: 20...20),
            ])
        simulator.run(for: 100_000, step: 1)
        #expect(abs(simulator.part(of: 0) - 0.5) <= 0.01)
    }

    @Test(
        "D6 where no time passes the starts are divided by weight",
        arguments: [[1, 1], [1, 3], [2, 3, 5], [1, 100]])
    func frozen(_ weights: [Int]) {
        var simulator = SlotSimulator(
            slots: 4, weights.map { Group(share: FairSharePolicy.Share(weight: $0), duration: 1...1) })
        simulator.runFrozen(starts: 20_000)
        let total = weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            let wanted = 20_000 * Double(weight) / Double(total)
            #expect(abs(Double(simulator.groups[index].starts) / wanted - 1) <= 0.02)
        }
    }

    @Test(
        "D6 caps are kept, minimums come first, and no slot is idle while a group below its cap has work",
        arguments: 1...40 as ClosedRange<UInt64>)
    func invariants(_ seed: UInt64) {
        var generator = FastRandom(seed: seed)
        func groups() -> [Group] {
            (0...generator.next(below: 7)).map { _ in
                let minimum = generator.next(below: 4)
                let shortest = 5 + generator.next(below: 50)
                return Group(
                    share: FairSharePolicy.Share(
                        weight: 1 + generator.next(below: 20), minimumSlots: minimum,
                        maximumSlots: generator.next(below: 2) == 0 ? nil : max(1, minimum) + generator.next(below: 4)),
                    duration: shortest...(shortest * (1 + generator.next(below: 10))),
                    perSecond: generator.next(below: 3) == 0 ? nil : Double(1 + generator.next(below: 60)))
            }
        }
        var simulator = SlotSimulator(slots: 1 + generator.next(below: 12), seed: seed, groups())
        for _ in 0..<5 {
            simulator.run(for: 4_000)
            let some = generator.next(below: simulator.groups.count)
            simulator.setDemand(generator.next(below: 2) == 0 ? nil : 0, of: some)
            simulator.setShare(FairSharePolicy.Share(weight: 1 + generator.next(below: 9)), of: some)
        }
        #expect(simulator.faults.isEmpty, "\(simulator.faults.first ?? "")")
        #expect(simulator.groups.allSatisfy { $0.running <= simulator.slots })
    }

    @Test("D6 what a capped group leaves is divided among the others by weight")
    func leftOver() {
        var simulator = SlotSimulator(
            slots: 10,
            [
                Group(share: FairSharePolicy.Share(weight: 100, maximumSlots: 2), duration: 100...300),
                Group(share: FairSharePolicy.Share(weight: 3), duration: 100...300),
                Group(share: FairSharePolicy.Share(weight: 1), duration: 30...60),
            ])
        simulator.run(for: 200_000)
        #expect(abs(simulator.part(of: 0) - 0.2) <= 0.004)
        #expect(abs(simulator.part(of: 1) - 0.6) <= 0.012)
        #expect(abs(simulator.part(of: 2) - 0.2) <= 0.004)
    }

    @Test("D6 a group has its minimum of slots whatever its weight, and the others divide the rest")
    func minimum() {
        var simulator = SlotSimulator(
            slots: 8,
            [
                Group(share: FairSharePolicy.Share(weight: 1, minimumSlots: 4), duration: 50...150),
                Group(share: FairSharePolicy.Share(weight: 30), duration: 50...150),
                Group(share: FairSharePolicy.Share(weight: 10), duration: 50...150),
            ])
        simulator.run(for: 200_000)
        #expect(abs(simulator.part(of: 0) - 0.5) <= 0.02)
        #expect(abs(simulator.part(of: 1) - 0.375) <= 0.0075)
        #expect(abs(simulator.part(of: 2) - 0.125) <= 0.0025)
    }

    @Test("D6 a newcomer is served at once beside a group that lives on its minimum")
    func newcomer() {
        var simulator = SlotSimulator(
            slots: 4,
            [
                Group(share: FairSharePolicy.Share(weight: 1, minimumSlots: 2), duration: 100...100),
                Group(share: FairSharePolicy.Share(weight: 10), duration: 100...100),
                Group(share: FairSharePolicy.Share(weight: 10), duration: 100...100, perSecond: 0),
            ])
        simulator.run(for: 100_000)
        simulator.setDemand(nil, of: 2)
        simulator.resetFigures()
        simulator.run(for: 10_000)
        #expect(abs(simulator.part(of: 1) - 0.25) <= 0.02)
        #expect(abs(simulator.part(of: 2) - 0.25) <= 0.02)
    }

    @Test("D6 a group that comes back has no credit: not from rest, nor from being held, nor from a cap")
    func noCredit() {
        let busy = Group(share: FairSharePolicy.Share(), duration: 100...100)
        var resting = busy
        resting.perSecond = 0
        var held = busy
        held.heldDuring = 0..<100_000
        let capped = Group(share: FairSharePolicy.Share(maximumSlots: 1), duration: 100...100)
        for other in [resting, held, capped] {
            var simulator = SlotSimulator(slots: 10, [busy, other])
            simulator.run(for: 100_000)
            simulator.setDemand(nil, of: 1)
            simulator.setShare(FairSharePolicy.Share(), of: 1)
            simulator.resetFigures()
            simulator.run(for: 5_000)
            #expect(abs(simulator.part(of: 0) - 0.5) <= 0.02, "the group that worked on has its half still")
        }
    }

    @Test("D6 a group that had more than its share while it was alone owes nothing for it")
    func noDebt() {
        var simulator = SlotSimulator(
            slots: 10,
            [
                Group(share: FairSharePolicy.Share(), duration: 100...100),
                Group(share: FairSharePolicy.Share(), duration: 100...100, perSecond: 0),
            ])
        simulator.run(for: 100_000)
        simulator.setDemand(nil, of: 1)
        simulator.resetFigures()
        simulator.run(for: 5_000)
        #expect(abs(simulator.part(of: 1) - 0.5) <= 0.02, "nor does the newcomer take all slots")
    }

    @Test("D6 another weight counts from then on")
    func changedWeight() {
        var simulator = SlotSimulator(
            slots: 6,
            [
                Group(share: FairSharePolicy.Share(), duration: 100...100),
                Group(share: FairSharePolicy.Share(), duration: 50...50),
            ])
        simulator.run(for: 50_000)
        simulator.setShare(FairSharePolicy.Share(weight: 5), of: 1)
        simulator.resetFigures()
        simulator.run(for: 100_000)
        #expect(abs(simulator.part(of: 1) / (5.0 / 6) - 1) <= 0.02)
    }

    @Test("D6 after ten years of use starts count as they did at first")
    func tenYears() {
        var account = FairShare<String>()
        account.set(FairSharePolicy.Share(weight: 10_000), of: "a")
        account.set(FairSharePolicy.Share(weight: 10_000), of: "b")
        account.set(FairSharePolicy.Share(), of: "alone")
        for month in 1...120 as ClosedRange<Int64> {
            for _ in 0..<64 { account.start("alone") }
            account.advance(to: Timestamp(milliseconds: month * 30 * 86_400_000))
            for _ in 0..<64 { account.stop("alone") }
        }
        var starts = ["a": 0, "b": 0]
        for _ in 0..<1000 {
            let next = account.rank(of: "a") < account.rank(of: "b") ? "a" : "b"
            account.start(next)
            account.stop(next)
            starts[next, default: 0] += 1
        }
        #expect(abs(starts["a", default: 0] - 500) <= 10, "\(starts)")
    }

    @Test("D6 a job that goes before all shares changes nothing about where the others stand")
    func outOfTurn() {
        var account = FairShare<String>()
        for group in ["a", "b", "urgent"] { account.set(FairSharePolicy.Share(), of: group) }
        account.advance(to: Timestamp(milliseconds: 0))
        account.start("urgent")
        account.start("b")
        account.advance(to: Timestamp(milliseconds: 1000))
        account.stop("b")
        account.stop("urgent")
        let before = ["a", "b"].map { account.rank(of: $0).virtualTime }
        account.start("urgent", inTurn: false)
        #expect(["a", "b"].map { account.rank(of: $0).virtualTime } == before)
        account.start("urgent")
        #expect(account.rank(of: "a").virtualTime > before[0], "in turn it would have")
    }

    @Test("D6 a clock that goes back charges nothing, and then goes on")
    func clockBack() {
        var account = FairShare<Int>()
        account.set(FairSharePolicy.Share(), of: 1)
        account.advance(to: Timestamp(milliseconds: 1000))
        account.start(1)
        account.stop(1)
        account.set(FairSharePolicy.Share(), of: 2)
        account.countRunning(1)
        let before = account.rank(of: 2).virtualTime
        account.advance(to: Timestamp(milliseconds: 0))
        account.stop(1)
        #expect(account.rank(of: 1).virtualTime < before + 1)
        account.countRunning(1)
        account.advance(to: Timestamp(milliseconds: 500))
        account.stop(1)
        #expect(abs(account.rank(of: 1).virtualTime - before - 500) < 1)
    }

    @Test("D6 an account that begins anew with what runs keeps what was used")
    func forgets() {
        var account = FairShare<Int>()
        account.set(FairSharePolicy.Share(maximumSlots: 2), of: 1)
        account.set(FairSharePolicy.Share(), of: 2)
        account.advance(to: Timestamp(milliseconds: 0))
        account.start(1)
        account.start(1)
        #expect(account.isFull(1))
        account.advance(to: Timestamp(milliseconds: 100))
        account.forgetRunning()
        #expect(account.running(1) == 0)
        #expect(!account.isFull(1))
        #expect(account.rank(of: 2) < account.rank(of: 1))
        account.countRunning(1)
        #expect(account.running(1) == 1)
    }

    @Test("D6 words about unknown groups, and stops too many, are borne")
    func unknown() {
        var account = FairShare<Int>()
        account.start(1)
        account.stop(1)
        account.countRunning(1)
        #expect(account.running(1) == 0)
        #expect(!account.isFull(1))
        #expect(account.rank(of: 1) == FairShare<Int>.Rank(hasMinimum: true, virtualTime: 0))
        account.set(FairSharePolicy.Share(), of: 1)
        account.stop(1)
        #expect(account.running(1) == 0)
    }

    @Test("D6 a group below its minimum stands before any that has its own")
    func rank() {
        typealias Rank = FairShare<Int>.Rank
        #expect(Rank(hasMinimum: false, virtualTime: 9) < Rank(hasMinimum: true, virtualTime: 1))
        #expect(Rank(hasMinimum: false, virtualTime: 1) < Rank(hasMinimum: false, virtualTime: 2))
        #expect(!(Rank(hasMinimum: true, virtualTime: 1) < Rank(hasMinimum: true, virtualTime: 1)))
        #expect(!(Rank(hasMinimum: true, virtualTime: 1) < Rank(hasMinimum: false, virtualTime: 9)))
    }
}
