import Synchronization

/// Says who may run a turn now: the loop, or a member of its crew.
///
/// A member that finds it taken goes its way, and the loop gets the baton next. So nothing that was to be taken up is left lying, and
/// the loop waits for one turn at most, however many members there are.
final class Baton: Sendable {
    private enum Holder {
        case nobody, member, loop
    }

    private struct State {
        var holder = Holder.nobody
        var isWanted = false
    }

    private let state = Mutex(State())

    /// Takes it for a member, if it is free.
    func takeForMember() -> Bool {
        state.withLock { state in
            guard state.holder == .nobody else {
                state.isWanted = true
                return false
            }
            state.holder = .member
            return true
        }
    }

    /// Takes it for the loop, if it is free or was handed to it; if not, the doorbell rings when it is.
    func takeForLoop() -> Bool {
        state.withLock { state in
            if state.holder == .member {
                state.isWanted = true
                return false
            }
            state.holder = .loop
            return true
        }
    }

    /// Gives it up; `true` if it was wanted meanwhile: then it is the loop's, which is to be told.
    func giveUp() -> Bool {
        state.withLock { state in
            state.holder = state.isWanted ? .loop : .nobody
            defer { state.isWanted = false }
            return state.isWanted
        }
    }
}
