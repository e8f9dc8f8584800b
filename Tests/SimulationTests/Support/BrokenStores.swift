import QueueModel
import QueueStoreKit
import QueueTesting
import Synchronization
import Testing

/// A way for a store to be wrong, each by one small mistake.
enum Mistake: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case losesASubmission
    case forgetsACompletion
    case handsOneJobToTwo
    case recordsStaleEnds
    case tellsOfEndsTooEarly
    case forgetsGroupLimits
    case forgetsDomainLimits
    case claimsOneTooMany
    case forgetsDependencies
    case forgetsKeys
    case breaksTheOrder
    case neverRecovers
    case losesAClaim

    var testDescription: String { rawValue }

    /// The invariants by which it may show first.
    var invariants: [String] {
        switch self {
        case .losesASubmission: ["I1"]
        case .forgetsACompletion: ["I2", "I3", "I4", "I9"]
        case .handsOneJobToTwo: ["I3"]
        case .recordsStaleEnds: ["I3"]
        case .tellsOfEndsTooEarly: ["I2", "I4"]
        case .forgetsGroupLimits, .forgetsDomainLimits, .claimsOneTooMany: ["I5"]
        case .forgetsDependencies: ["I6"]
        case .forgetsKeys: ["I7"]
        case .breaksTheOrder: ["I8"]
        case .neverRecovers, .losesAClaim: ["I9"]
        }
    }
}

/// A store that works but for one mistake.
final class BrokenStore: ForwardingStore {
    let base: any JobStore = MemoryJobStore()
    let mistake: Mistake
    private let state = Mutex(State())

    private struct State {
        var calls = 0
        var claimed: [JobRecord] = []
    }

    init(_ mistake: Mistake) {
        self.mistake = mistake
    }

    /// Whether it is this call's turn: each third one.
    private var isDue: Bool {
        state.withLock { state in
            state.calls += 1
            return state.calls % 3 == 0
        }
    }

    func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        var submission = submission
        switch mistake {
        case .losesASubmission where isDue:
            return .inserted(JobID(rawValue: 1_000_000 + Int64(state.withLock(\.calls))))
        case .forgetsDependencies:
            submission.dependencies = []
        case .forgetsKeys:
            submission.key = nil
        default: break
        }
        return try await base.submit(submission, at: now)
    }

    func recover(at now: HostTime, maximumCrashes: Int) async throws(QueueError) -> [JobChange] {
        mistake == .neverRecovers ? [] : try await base.recover(at: now, maximumCrashes: maximumCrashes)
    }

    func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        var request = request
        switch mistake {
        case .forgetsACompletion where completions.count == 1 && isDue:
            var result = try await base.turn(finishing: [], claiming: request, at: now)
            result.outcomes = [.recorded(.completed)]
            return result
        case .tellsOfEndsTooEarly where completions.count == 1:
            guard case .retry = completions[0].end else { break }
            var result = try await base.turn(finishing: completions, claiming: request, at: now)
            result.outcomes = [.recorded(.failed)]
            return result
        case .recordsStaleEnds:
            var result = try await base.turn(finishing: completions, claiming: request, at: now)
            result.outcomes = result.outcomes.map { $0 == .stale ? .recorded(.completed) : $0 }
            return result
        case .forgetsGroupLimits:
            request?.rules.otherGroups = GroupRule()
            request?.rules.groups = [:]
            request?.rules.generation += 1 << 32
        case .forgetsDomainLimits:
            for place in request?.rules.domains.indices ?? 0..<0 { request?.rules.domains[place].limit = nil }
            request?.rules.generation += 1 << 32
        case .claimsOneTooMany:
            request?.limit += 1
        case .breaksTheOrder:
            // What is urgent is looked at each third time only.
            if !isDue { request?.rules.types["one.a"] = nil }
            request?.rules.generation += UInt64(state.withLock(\.calls)) << 32
        default: break
        }
        // A judge of the answer has to see the request that the worker made, so the broken one goes no further than
        // here.
        var result = try await base.turn(finishing: completions, claiming: request, at: now)
        switch mistake {
        case .handsOneJobToTwo:
            state.withLock { state in
                if let again = state.claimed.last(where: { $0.worker != request?.worker }), request?.limit ?? 0 > 1 {
                    result.claimed.append(again)
                }
                state.claimed += result.claimed
            }
        case .losesAClaim where !result.claimed.isEmpty && isDue:
            result.claimed.removeLast()
        default: break
        }
        return result
    }
}
