import QueueBackoff
import QueueModel
import QueueStoreKit
import Testing

@Suite("Slots that groups are entitled to") struct ShareAllocationTests {
    private func demand(_ weight: Int, _ jobs: Int, least: Int = 0, most: Int? = nil) -> ShareDemand {
        ShareDemand(FairSharePolicy.Share(weight: weight, minimumSlots: least, maximumSlots: most), jobs: jobs)
    }

    private func expectClose(_ found: [Double], _ wanted: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(found.count == wanted.count, sourceLocation: sourceLocation)
        for (one, other) in zip(found, wanted) {
            #expect(abs(one - other) < 1e-9, "\(found) instead of \(wanted)", sourceLocation: sourceLocation)
        }
    }

    @Test("D6 slots are divided by weight")
    func weights() {
        expectClose(FairSharePolicy.allocate(8, among: [demand(3, 100), demand(1, 100)]), [6, 2])
        expectClose(
            FairSharePolicy.allocate(4, among: [demand(1, 9), demand(1, 9), demand(1, 9)]), [4 / 3, 4 / 3, 4 / 3])
    }

    @Test("D6 what a group has no jobs for, or its cap forbids, goes to the others by weight")
    func leftovers() {
        expectClose(
            FairSharePolicy.allocate(8, among: [demand(6, 1), demand(2, 100), demand(1, 100)]), [1, 14 / 3, 7 / 3])
        expectClose(FairSharePolicy.allocate(8, among: [demand(6, 100, most: 2), demand(1, 100)]), [2, 6])
        expectClose(FairSharePolicy.allocate(8, among: [demand(1, 0), demand(1, 3)]), [0, 3])
    }

    @Test("D6 minimums come first, as far as there are jobs for them")
    func minimums() {
        expectClose(FairSharePolicy.allocate(8, among: [demand(1, 100, least: 5), demand(3, 100)]), [5, 3])
        expectClose(FairSharePolicy.allocate(8, among: [demand(1, 2, least: 5), demand(3, 100)]), [2, 6])
        expectClose(FairSharePolicy.allocate(8, among: [demand(7, 100, least: 1), demand(1, 100)]), [7, 1])
    }

    @Test("D6 minimums that are more than the slots divide them by weight")
    func scarcity() {
        expectClose(FairSharePolicy.allocate(3, among: [demand(2, 9, least: 4), demand(1, 9, least: 4)]), [2, 1])
        expectClose(FairSharePolicy.allocate(3, among: [demand(9, 9), demand(1, 9, least: 4)]), [0, 3])
    }

    @Test("D6 without slots, groups or jobs there is nothing to divide")
    func nothing() {
        #expect(FairSharePolicy.allocate(4, among: []) == [])
        expectClose(FairSharePolicy.allocate(0, among: [demand(1, 4), demand(2, 4, least: 1)]), [0, 0])
        expectClose(FairSharePolicy.allocate(-1, among: [demand(1, 4)]), [0])
        expectClose(FairSharePolicy.allocate(4, among: [demand(1, 0), demand(1, -3)]), [0, 0])
    }

    @Test(
        "D6 no usable slot is left over, no group exceeds its bounds, and none that could use more has less for its weight",
        arguments: 0..<50 as Range<UInt64>)
    func random(seed: UInt64) {
        var random = FastRandom(seed: seed)
        for _ in 0..<20 {
            let slots = Int(random.next() % 20)
            let demands = (0..<Int(random.next() % 8)).map { _ in
                let least = Int(random.next() % 4)
                return demand(
                    1 + Int(random.next() % 5), Int(random.next() % 12), least: least,
                    most: random.next() % 2 == 0 ? nil : max(1, least) + Int(random.next() % 4))
            }
            let shares = FairSharePolicy.allocate(slots, among: demands)
            let most = demands.map { Double(min($0.jobs, $0.share.maximumSlots ?? .max)) }
            let least = zip(demands, most).map { min(Double($0.share.minimumSlots), $1) }
            let sum = shares.reduce(0, +)
            #expect(abs(sum - min(Double(slots), most.reduce(0, +))) < 1e-9, "\(slots) \(demands)")
            let isScarce = least.reduce(0, +) > Double(slots)
            for place in shares.indices {
                #expect(shares[place] >= (isScarce ? 0 : least[place]) - 1e-9 && shares[place] <= most[place] + 1e-9)
                // One that wants more than it has, and another that has more than its floor: the first has at least
                // as much a weight.
                let ceiling = isScarce ? least[place] : most[place]
                guard shares[place] < ceiling - 1e-9 else { continue }
                for other in shares.indices where shares[other] > (isScarce ? 0 : least[other]) + 1e-9 {
                    let mine = shares[place] / Double(demands[place].share.weight)
                    let its = shares[other] / Double(demands[other].share.weight)
                    #expect(mine >= its - 1e-9, "\(slots) \(demands) \(shares)")
                }
            }
        }
    }
}
