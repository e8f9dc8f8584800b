import QueueModel
import QueueStoreKit

/// A worker's turn.
struct TurnOperation: WriteOperation {
    let completions: [Completion]
    let request: ClaimRequest?
    let now: Timestamp

    func run(in context: StoreContext) throws(QueueError) -> Written<TurnResult> {
        .keep(try Claiming(context).turn(finishing: completions, claiming: request, at: now))
    }
}
