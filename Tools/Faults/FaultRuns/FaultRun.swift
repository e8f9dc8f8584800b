package import FaultVFS
import QueueModel
package import QueueStorage
import QueueStoreKit

/// Plays a script on a file whose calls go wrong by a plan, and says what is not as it has to be.
///
/// A step that throws has changed nothing. Then the script goes on, without opening the file again where it was open,
/// and in the end all is as if nothing had gone wrong.
package struct FaultRun: FaultPlay {
    private let expectation: Expectation
    private let durability: SQLiteStoreOptions.Durability
    private let directory: Directory
    private let crashed: Directory
    private let wreck: Directory

    /// Creates a run in a directory of its own.
    package init(_ expectation: Expectation, durability: SQLiteStoreOptions.Durability) throws {
        self.expectation = expectation
        self.durability = durability
        directory = try Directory()
        crashed = try Directory()
        wreck = try Directory()
    }

    /// The number of retries of a step before the store counts as broken.
    private static let patience = 4

    /// Runs the script from the beginning.
    package func run(_ plan: FaultPlan) async throws -> FaultReport {
        directory.clear()
        let injector = FaultInjector(plan)
        try FaultVFS.attach(injector, to: directory.path)
        defer { FaultVFS.detach(from: directory.path) }
        var report = FaultReport()
        var subject = Subject(directory, durability, wreck: wreck)
        await open(&subject, injector, &report)
        for index in expectation.script.steps.indices where report.problems.isEmpty {
            await take(index, &subject, injector, &report)
        }
        injector.lift()
        await subject.close()
        report.calls = injector.counted
        report.fired = injector.fired
        if report.problems.isEmpty, let last = expectation.views.last {
            await verify(directory, [last], "at the end", &report)
        }
        return report
    }

    private func open(_ subject: inout Subject, _ injector: FaultInjector, _ report: inout FaultReport) async {
        for _ in 0..<Self.patience {
            do throws(QueueError) {
                return try await subject.openIfNeeded()
            } catch {
                report.note(error, "opening", injector)
                injector.lift()
            }
        }
        report.problems.append("the file can't be opened any more")
    }

    private func take(
        _ index: Int, _ subject: inout Subject, _ injector: FaultInjector, _ report: inout FaultReport
    ) async {
        let step = expectation.script.steps[index]
        for attempt in 0..<Self.patience where report.problems.isEmpty {
            var scene = expectation.scenes[index]
            do throws(QueueError) {
                let answer = try await subject.take(step, &scene)
                if answer != expectation.answers[index] {
                    report.problems.append("\(step.name): \(answer) instead of \(expectation.answers[index])")
                }
                return
            } catch {
                report.note(error, step.name, injector)
                // What fails for long fails again, as clearly.
                if injector.isLasting, attempt == 0 { continue }
                injector.lift()
                await examine(index, subject, &report)
            }
        }
        if report.problems.isEmpty { report.problems.append("\(step.name): does not come about any more") }
    }

    /// Looks at what a step has left that threw: nothing; and after a crash at that instant nothing, or all.
    private func examine(_ index: Int, _ subject: Subject, _ report: inout FaultReport) async {
        let name = expectation.script.steps[index].name
        let (before, after) = (expectation.views[index], expectation.views[index + 1])
        directory.copyFiles(to: crashed)
        if let store = subject.store {
            do throws(QueueError) {
                let view = try await StoreView(of: store)
                report.problems += try await store.check().map { "\(name), after its error: \($0)" }
                if view != before {
                    let differences = view.differences(from: before).joined(separator: "\n  ")
                    report.problems.append("\(name) threw and has changed something:\n  \(differences)")
                }
            } catch {
                report.problems.append("\(name): a look after its error throws \(error)")
            }
        }
        if before != after, await verify(crashed, [before, after], "\(name), after a crash", &report) == 1 {
            report.happensOnCrash += 1
        }
    }

    /// Opens a file anew, and looks whether it shows one of some views; gives its place.
    @discardableResult
    private func verify(
        _ directory: Directory, _ views: [StoreView], _ when: String, _ report: inout FaultReport
    ) async -> Int? {
        do throws(QueueError) {
            let store = try await SQLiteJobStore(at: .file(directory.database))
            let view = try await StoreView(of: store)
            report.problems += try await store.check().map { "\(when): \($0)" }
            await store.close()
            if let place = views.firstIndex(of: view) { return place }
            let differences = view.differences(from: views[0]).joined(separator: "\n  ")
            report.problems.append("\(when) the file is not as it has to be:\n  \(differences)")
        } catch {
            report.problems.append("\(when) the file can't be read: \(error)")
        }
        return nil
    }
}
