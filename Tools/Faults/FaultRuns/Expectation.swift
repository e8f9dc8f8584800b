package import QueueModel
import QueueTesting

/// What a script has to lead to, from playing it on the reference store: the answer to each step, and the view after
/// each.
package struct Expectation: Sendable {
    /// The script.
    package let script: Script
    /// The answer of each step; empty for those without one.
    let answers: [String]
    /// The view before the first step and after each one.
    package let views: [StoreView]
    /// The scene before the first step and after each one.
    let scenes: [Scene]

    /// Plays a script.
    package init(_ script: Script) async throws(QueueError) {
        let store = MemoryJobStore()
        var scene = Scene()
        var answers: [String] = []
        var views = [try await StoreView(of: store)]
        var scenes = [scene]
        for step in script.steps {
            if case .call(isSecond: _, let body) = step.action {
                answers.append(try await body(store, &scene))
            } else {
                answers.append("")
            }
            views.append(try await StoreView(of: store))
            scenes.append(scene)
        }
        self.script = script
        self.answers = answers
        self.views = views
        self.scenes = scenes
    }
}
