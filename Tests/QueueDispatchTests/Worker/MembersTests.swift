import Testing

@testable import QueueDispatch

@Suite("Members") struct MembersTests {
    private typealias State = Members<Int, Int>
    private var members = Members<Int, Int>()

    /// The step and the wake of a look, in words.
    private mutating func look(_ arrival: State.Arrival = .done) -> String {
        let (step, wake) = members.look(arrival)
        let first =
            switch step {
            case .run(let job): "run \(job)"
            case .turn: "turn"
            case .rest: "rest"
            case .leave: "leave"
            }
        return first + text(wake)
    }

    private func text(_ wake: State.Wake) -> String {
        if let member = wake.member { return ", wake \(member)" }
        return wake.needsLoop ? ", wake the loop" : ""
    }

    /// Members that have joined and rest.
    private mutating func rest(_ waiters: Int...) {
        for waiter in waiters { #expect(members.rest(waiter) == true) }
    }

    @Test("D3 the first jobs need a member each, which the loop creates")
    mutating func vacancies() {
        #expect(members.add([1, 2, 3], byMember: false) == nil)
        #expect(members.vacancies == 3)
        #expect(members.takeVacancies() == 3)
        #expect(members.takeVacancies() == 0)
        #expect(members.waitingCount == 3)
    }

    @Test("D3 members that are still being created count for jobs that come")
    mutating func starting() {
        _ = members.add([1, 2], byMember: false)
        _ = members.takeVacancies()
        #expect(look(.joined) == "run 1")
        _ = members.add([3, 4], byMember: false)
        #expect(members.takeVacancies() == 2, "two jobs more than the one member that is on its way")
    }

    @Test("D3 jobs are run in the order in which they were claimed")
    mutating func order() {
        _ = members.add([1, 2], byMember: false)
        _ = members.add([3], byMember: false)
        #expect(look(.joined) == "run 1")
        #expect(look(.joined) == "run 2")
        #expect(look() == "run 3")
        #expect(look() == "rest")
    }

    @Test("D3 a batch wakes one member, and the member that takes a job wakes the next")
    mutating func chain() {
        rest(11, 12, 13)
        #expect(members.add([1, 2, 3], byMember: false) == 13)
        #expect(members.vacancies == 0)
        #expect(look(.woken) == "run 1, wake 12")
        #expect(look(.woken) == "run 2, wake 11")
        #expect(look(.woken) == "run 3")
        #expect(members.restingCount == 0)
    }

    @Test("D3 while a member is on its way nobody else is woken")
    mutating func oneAtATime() {
        rest(11, 12)
        #expect(members.add([1], byMember: false) == 12)
        #expect(members.add([2], byMember: false) == nil)
        #expect(members.vacancies == 0, "the one that rests and the one that was woken are enough")
        #expect(look(.woken) == "run 1, wake 11")
    }

    @Test("D3 a job that a turn of a member has claimed is the member's own")
    mutating func ownJob() {
        #expect(members.add([1], byMember: true) == nil)
        #expect(members.vacancies == 0)
        #expect(look() == "run 1")
    }

    @Test("D3 a member that has claimed several jobs wakes others for the rest of them")
    mutating func ownAndOthers() {
        rest(11)
        #expect(members.add([1, 2, 3], byMember: true) == 11)
        #expect(members.vacancies == 1)
    }

    @Test("D3 a busy member that comes back takes a job before the one that was woken for it, which rests again")
    mutating func overtaken() {
        rest(11)
        #expect(members.add([1], byMember: false) == 11)
        #expect(look() == "run 1")
        #expect(look(.woken) == "rest")
        #expect(members.rest(11) == true)
        #expect(members.add([2], byMember: false) == 11, "and can be woken again")
    }

    @Test("C2 a member that finds no job, but completions, runs a turn")
    mutating func turn() {
        members.noteCompletions()
        #expect(members.hasCompletions)
        #expect(look() == "turn")
        #expect(!members.hasCompletions)
        #expect(look() == "rest")
    }

    @Test("C2 a member takes a job before it runs a turn")
    mutating func jobFirst() {
        _ = members.add([1, 2], byMember: false)
        members.noteCompletions()
        #expect(look(.joined) == "run 1")
        #expect(members.hasCompletions)
    }

    @Test("C2 whoever takes the last job while completions wait wakes one that rests")
    mutating func lastJobWakesMember() {
        rest(11, 12)
        _ = members.add([1], byMember: true)
        members.noteCompletions()
        #expect(look() == "run 1, wake 12")
        #expect(look(.woken) == "turn")
    }

    @Test("C2 whoever takes the last job while completions wait wakes the loop if all members are busy")
    mutating func lastJobWakesLoop() {
        _ = members.add([1], byMember: true)
        members.noteCompletions()
        #expect(look() == "run 1, wake the loop")
        #expect(!members.hasCompletions, "they are the loop's")
    }

    @Test("C2 whoever takes the last job while completions wait wakes nobody if a member is on its way")
    mutating func lastJobMemberOnTheWay() {
        rest(11)
        _ = members.add([1, 2], byMember: true)
        members.noteCompletions()
        #expect(look() == "run 1")
        #expect(look() == "run 2")
        #expect(look(.woken) == "turn")
    }

    @Test("C2 whoever takes the last job while completions wait wakes nobody if a member is being created")
    mutating func lastJobMemberStarting() {
        _ = members.add([1, 2], byMember: true)
        #expect(members.takeVacancies() == 1)
        members.noteCompletions()
        #expect(look() == "run 1")
        #expect(look() == "run 2", "the new member runs the turn")
        #expect(look(.joined) == "turn")
    }

    @Test("C2 a turn takes up all completions, and nobody is woken for them")
    mutating func takenUp() {
        rest(11)
        _ = members.add([1], byMember: true)
        members.noteCompletions()
        members.takeCompletions()
        #expect(look() == "run 1")
    }

    @Test("C2 a member that was cancelled leaves its completion to one that rests")
    mutating func leaveToMember() {
        rest(11)
        members.noteCompletions()
        #expect(text(members.leave()) == ", wake 11")
        #expect(look(.woken) == "turn")
    }

    @Test("C2 a member that was cancelled leaves its completion to the loop if all others are busy")
    mutating func leaveToLoop() {
        members.noteCompletions()
        #expect(text(members.leave()) == ", wake the loop")
        #expect(text(members.leave()) == "")
    }

    @Test("C2 a member that leaves nothing behind wakes nobody")
    mutating func leaveNothing() {
        rest(11)
        #expect(text(members.leave()) == "")
    }

    @Test("D3 a member does not rest if a job has come since it looked")
    mutating func jobBeforeRest() {
        #expect(look() == "rest")
        _ = members.add([1], byMember: false)
        #expect(members.rest(11) == false)
        #expect(look() == "run 1")
    }

    @Test("C2 a member does not rest if completions have come since it looked")
    mutating func completionsBeforeRest() {
        #expect(look() == "rest")
        members.noteCompletions()
        #expect(members.rest(11) == false)
        #expect(look() == "turn")
    }

    @Test("C8 members that rest are dismissed, and others as soon as they look")
    mutating func dismiss() {
        rest(11, 12)
        #expect(members.dismiss() == [11, 12])
        #expect(members.isDismissed)
        #expect(look(.woken) == "leave")
        #expect(look() == "leave")
        #expect(members.rest(13) == false)
        #expect(members.dismiss() == [])
    }

    @Test("C8 jobs that wait are run before the members leave")
    mutating func dismissedWithJobs() {
        _ = members.add([1], byMember: true)
        _ = members.dismiss()
        #expect(look() == "run 1")
        #expect(look() == "leave")
    }

    @Test("C8 dismissed members run no turn more")
    mutating func dismissedWithCompletions() {
        members.noteCompletions()
        _ = members.dismiss()
        #expect(look() == "leave")
    }

    @Test("D3 whatever comes in whatever order, each job is run once, and no job waits while a member rests")
    mutating func random() {
        var generator = SeededGenerator(seed: 7)
        var next = 0
        var ran: [Int] = []
        var resting: Set<Int> = []
        var arrivals: [State.Arrival] = []
        var names = 0
        for _ in 0..<5000 {
            switch Int.random(in: 0..<3, using: &generator) {
            case 0:
                let count = Int.random(in: 1...4, using: &generator)
                if let woken = members.add(Array(next..<next + count), byMember: false) {
                    resting.remove(woken)
                    arrivals.append(.woken)
                }
                next += count
                for _ in 0..<members.takeVacancies() { arrivals.append(.joined) }
            default:
                guard let arrival = arrivals.popLast() else { continue }
                let (step, wake) = members.look(arrival)
                if let woken = wake.member {
                    resting.remove(woken)
                    arrivals.insert(.woken, at: 0)
                }
                switch step {
                case .run(let job):
                    ran.append(job)
                    arrivals.insert(.done, at: 0)
                case .rest:
                    names += 1
                    if members.rest(names) { resting.insert(names) } else { arrivals.append(.done) }
                case .turn, .leave:
                    Issue.record("there is neither a completion nor an end")
                }
            }
            let isOnTheWay = !arrivals.isEmpty
            #expect(members.waitingCount == 0 || isOnTheWay)
        }
        #expect(ran == Array(0..<ran.count))
        #expect(ran.count + members.waitingCount == next)
    }
}

private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
