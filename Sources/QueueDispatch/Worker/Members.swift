/// The worker tasks ("members") of a worker, the jobs that wait for one, and who takes up completions.
///
/// A batch of claimed jobs wakes one member; a member that takes a job while more wait wakes the next, one at a time.
/// So short jobs are run by the few members that are awake, and long ones by as many as there are jobs.
///
/// A member that finds no waiting job, but completions that no turn has taken, runs the next turn itself. Completions
/// are never left to members that are busy: a member that takes the last job while completions wait, with no other
/// member on its way, wakes one, or the loop.
///
/// Transitions of one member:
///
/// | State | Event | State | Effect |
/// |---|---|---|---|
/// | vacant | `takeVacancies` | starting | the loop creates its task |
/// | starting, woken, done | `look`, a job waits | running the job | wakes the next member if more wait |
/// | the same | `look`, no job, completions wait | running a turn | completions are taken up |
/// | the same | `look`, nothing to do | about to rest | |
/// | the same | `look`, dismissed, no job | gone | |
/// | about to rest | `rest`, still nothing to do | resting | suspended |
/// | about to rest | `rest`, something came | done | looks again |
/// | resting | `add`, `look` of another, `leave` of another | woken | resumed |
/// | resting | `dismiss` | gone | resumed |
/// | running a job, cancelled | `leave` | gone | its completion is left to another |
struct Members<Job: Sendable, Waiter: Sendable>: Sendable {
    /// Where a member that looks for something to do comes from.
    enum Arrival: Hashable, Sendable {
        /// It has just been created.
        case joined
        /// It was woken from its rest.
        case woken
        /// It has finished a job or a turn, or did not rest after all.
        case done
    }

    /// The next thing that a member does.
    enum Step: Sendable {
        case run(Job)
        case turn
        case rest
        case leave
    }

    /// The task that has to be woken: a member, the loop, or none.
    struct Wake: Sendable {
        var member: Waiter?
        var needsLoop = false
    }

    /// Jobs that wait for a member, from `first` on.
    private var waiting: [Job] = []
    private var first = 0
    private var resting: [Waiter] = []
    /// Whether a member was woken and has not looked yet.
    private var isWaking = false
    /// Members that were asked for and have not looked yet.
    private var starting = 0
    /// Those of them that the loop has not created yet.
    private(set) var vacancies = 0
    /// Whether completions wait that no turn has taken, and that nobody was woken for.
    private(set) var hasCompletions = false
    private(set) var isDismissed = false

    var waitingCount: Int { waiting.count - first }
    var restingCount: Int { resting.count }

    // MARK: Jobs

    /// Takes in claimed jobs; returns the member to wake for them.
    ///
    /// - Parameter byMember: Whether a member does so, which looks for a job itself next.
    mutating func add(_ jobs: [Job], byMember: Bool) -> Waiter? {
        waiting += jobs
        let coming = byMember ? 1 : 0
        let available = resting.count + (isWaking ? 1 : 0) + starting + coming
        let missing = max(0, waitingCount - available)
        starting += missing
        vacancies += missing
        return wakeForJobs(besides: coming)
    }

    /// Returns how many members the loop has to create.
    mutating func takeVacancies() -> Int {
        defer { vacancies = 0 }
        return vacancies
    }

    /// Notes that completions wait, of which the member that left them takes care next.
    mutating func noteCompletions() {
        hasCompletions = true
    }

    /// Notes that a turn takes up all completions there are.
    mutating func takeCompletions() {
        hasCompletions = false
    }

    // MARK: Members

    /// Decides what a member does next, and who has to be woken besides.
    mutating func look(_ arrival: Arrival) -> (step: Step, wake: Wake) {
        switch arrival {
        case .joined: starting -= 1
        case .woken: isWaking = false
        case .done: break
        }
        if let job = take() {
            if let member = wakeForJobs() { return (.run(job), Wake(member: member)) }
            return (.run(job), wakeForCompletions())
        }
        if isDismissed { return (.leave, Wake()) }
        guard hasCompletions else { return (.rest, Wake()) }
        hasCompletions = false
        return (.turn, Wake())
    }

    /// Suspends a member; `false` if something has come for it meanwhile.
    mutating func rest(_ member: Waiter) -> Bool {
        guard waitingCount == 0, !hasCompletions, !isDismissed else { return false }
        resting.append(member)
        return true
    }

    /// Lets a member go that was cancelled, and finds somebody for the completions, its own among them.
    mutating func leave() -> Wake {
        wakeForCompletions()
    }

    /// Lets the members go that rest, and all others as soon as no job waits; returns those to resume.
    mutating func dismiss() -> [Waiter] {
        isDismissed = true
        defer { resting = [] }
        return resting
    }

    private mutating func take() -> Job? {
        guard first < waiting.count else { return nil }
        defer {
            first += 1
            if first == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                first = 0
            }
        }
        return waiting[first]
    }

    /// The member to wake if jobs wait for which nobody is on the way.
    private mutating func wakeForJobs(besides coming: Int = 0) -> Waiter? {
        guard !isWaking, waitingCount > starting + coming, let member = resting.popLast() else { return nil }
        isWaking = true
        return member
    }

    /// Sees to it that somebody takes up the completions, if there are any and nobody is on the way.
    private mutating func wakeForCompletions() -> Wake {
        guard hasCompletions, !isWaking, starting == 0 else { return Wake() }
        guard let member = resting.popLast() else {
            hasCompletions = false
            return Wake(needsLoop: true)
        }
        isWaking = true
        return Wake(member: member)
    }
}
