import QueueDispatch
import QueueModel
import QueueTesting
import Testing

@Suite("Dependencies") struct DependencyTests {
    @Test("D11 a job runs after all that it depends on, across domains", arguments: [1, 8])
    func order(concurrency: Int) async throws {
        let ran = Recorder<String>()
        let queue = try Rig(concurrency: concurrency).queue {
            Domain("a") { Worker { job, _ in ran.append(job.name) } }
            Domain("b") { OtherWorker { job, _ in ran.append(job.name) } }
        }
        try await queue.submit(batch: [
            queue.submission(
                of: Work("last"), SubmitOptions(priority: .realtime, dependencies: [.submission(2), .submission(3)])),
            queue.submission(of: Other("first"), SubmitOptions(priority: .idle)),
            queue.submission(of: Work("left"), SubmitOptions(dependencies: [.submission(1)])),
            queue.submission(of: Other("right"), SubmitOptions(dependencies: [.submission(1)])),
        ])
        try await queue.runUntilIdle()
        #expect(ran.all.first == "first")
        #expect(ran.all.last == "last")
        #expect(ran.all.count == 4)
    }

    @Test(
        "D11 a dependency's bad end does to the job what its policy says",
        arguments: [
            (Dependency.Policy.cancel, JobState.dependencyFailed, JobState.dependencyFailed),
            (.fail, .dependencyFailed, .blocked), (.ignore, .completed, .completed),
        ])
    func policies(policy: Dependency.Policy, middle: JobState, last: JobState) async throws {
        let queue = try Rig().queue {
            Worker { job, _ in if job.name == "bad" { throw JobError.permanent("no") } }
        }
        let bad = try await queue.submit(Work("bad")).id
        let second = try await queue.submit(
            Work("b"), SubmitOptions(dependencies: [.job(bad)], dependencyPolicy: policy)
        ).id
        let third = try await queue.submit(Work("c"), SubmitOptions(dependencies: [.job(second)])).id
        try await queue.runUntilIdle()
        #expect(try await queue.job(bad)?.state == .failed)
        #expect(try await queue.job(second)?.state == middle)
        #expect(try await queue.job(third)?.state == last)
    }

    @Test("D11 what a dependency's end does to others is told after it, in the same order")
    func events() async throws {
        let queue = try Rig().queue {
            Worker { job, _ in if job.name == "bad" { throw JobError.permanent("no") } }
        }
        let ids = try await queue.submit(batch: [
            queue.submission(of: Work("bad")),
            queue.submission(of: Work("b"), SubmitOptions(dependencies: [.submission(0)])),
            queue.submission(of: Work("c"), SubmitOptions(dependencies: [.submission(0)], dependencyPolicy: .ignore)),
        ]).map(\.id)
        let events = queue.events([.ended, .unblocked])
        try await queue.runUntilIdle()
        await queue.close()
        var told: [JobID: [JobEvent.Kind]] = [:]
        var order: [JobID] = []
        for await event in events {
            guard let id = event.id else { continue }
            told[id, default: []].append(event.kind)
            order.append(id)
        }
        #expect(order.first == ids[0])
        #expect(told[ids[0]] == [.ended(.failed, JobFailure(.permanent, "no"))])
        #expect(told[ids[1]] == [.ended(.dependencyFailed, nil)])
        #expect(told[ids[2]] == [.unblocked, .ended(.completed, nil)])
    }

    @Test("D11 C5 a job that ends at its submission is told, after the submission, with those below it")
    func endsAtOnce() async throws {
        let queue = try Rig().queue {
            Worker { job, _ in if job.name == "bad" { throw JobError.permanent("no") } }
        }
        let bad = try await queue.submit(Work("bad")).id
        try await queue.runUntilIdle()
        let all = queue.events()
        let ends = queue.events(.ended)
        let outcomes = try await queue.submit(batch: [
            queue.submission(of: Work("b"), SubmitOptions(dependencies: [.job(bad)])),
            queue.submission(of: Work("c"), SubmitOptions(dependencies: [.submission(0)])),
        ])
        let single = try await queue.submit(Work("d"), SubmitOptions(dependencies: [.job(bad)]))
        await queue.close()
        let end = JobEvent.Kind.ended(.dependencyFailed, nil)
        #expect(
            await all.kinds() == [
                .submitted(outcomes[0]), .submitted(outcomes[1]), end, end, .submitted(single), end,
            ])
        var told: [JobID?] = []
        for await event in ends { told.append(event.id) }
        #expect(told == [outcomes[0].id, outcomes[1].id, single.id], "also to who wants no submissions")
    }

    @Test("S5 C5 what superseding a job causes is told")
    func superseding() async throws {
        let queue = try Rig().queue { Worker() }
        let options = SubmitOptions(onDuplicate: .supersede, uniqueness: .key("k"))
        let old = try await queue.submit(Work("a"), options).id
        let dependent = try await queue.submit(Work("b"), SubmitOptions(dependencies: [.job(old)])).id
        let events = queue.events(.ended)
        try await queue.submit(Work("c"), options)
        await queue.close()
        var told: [JobID?: JobEvent.Kind] = [:]
        for await event in events { told[event.id] = event.kind }
        #expect(told == [old: .ended(.superseded, nil), dependent: .ended(.dependencyFailed, nil)])
    }

    @Test("D11 a chain runs from its beginning to its end, however the loop batches", arguments: [1, 4])
    func chain(concurrency: Int) async throws {
        let ran = Recorder<String>()
        let queue = try Rig(concurrency: concurrency).queue { Worker { job, _ in ran.append(job.name) } }
        try await queue.submit(
            batch: (0..<100).map { place in
                try queue.submission(
                    of: Work("\(place)"), SubmitOptions(dependencies: place == 0 ? [] : [.submission(place - 1)]))
            })
        try await queue.runUntilIdle()
        #expect(ran.all == (0..<100).map(String.init))
    }
}
