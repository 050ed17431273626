import ExternalTerm
import MetricsTestKit
import Reel
import ReelRecorder
import ReelStore
import Testing

@Suite("Policies")
struct PolicyTests {
    @Test("events beyond the most are counted, by their kind, and not kept; a gap at the end says so")
    func maxEvents() async throws {
        try await inFolder { folder in
            let recording = try Recording(
                in: folder,
                .with {
                    $0.policy.maxEvents = 10
                    $0.policy.flush.events = 4
                })
            let session = recording.recorder.busySession()
            for number in 0..<20 {
                session.event("e")
                session.render(changed: .map(["n": .integer(number)]))
            }
            session.close()
            #expect(await session.stored() == .stored(session.id))
            await recording.recorder.shutdown()
            let file = try RecordingFile(await recording.content(session.id))
            // The last one says what is missing.
            #expect(try file.eventCount == 11)
            #expect(try file.event(at: 10).kind == "gap")
            #expect(
                Gap(payload: try file.event(at: 10).payload) == Gap(dropped: ["event": 16, "render": 16]))
            #expect(try file.event(at: 9).offset <= file.event(at: 10).offset)
            #expect(
                try file.header.fields[atom: "dropped"]
                    == .map(TermMap([TermMap.Pair("event", 16), TermMap.Pair("render", 16)])))
            #expect(recording.recorder.statistics.dropped == [.maxEvents: 32])
            let dropped = try recording.metrics.expectCounter(
                "reel_recorder_events_dropped", [("reason", "max_events")])
            #expect(dropped.totalValue == 32)
            #expect(try recording.metrics.expectCounter("reel_recorder_events_recorded").totalValue == 11)
        }
    }

    @Test("a session in which nobody did anything is discarded, even when it has been stored in part")
    func noInteraction() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder, .with { $0.policy.flush.events = 2 })
            let idle = recording.recorder.session(view: "Idle.Live")
            idle.params(url: "/")
            idle.info(.atom("tick"))
            _ = try await recording.wait(for: idle.id) { $0.eventCount > 1 }
            idle.close()
            #expect(await idle.stored() == .discarded(.noInteraction))
            #expect(try await recording.store.recording(idle.id) == nil)

            let browsing = recording.recorder.session(view: "Idle.Live")
            browsing.params(url: "/")
            browsing.params(url: "/2")
            browsing.close()
            #expect(await browsing.stored() == .stored(browsing.id))

            var policy = RecordingPolicy()
            policy.discardsWithoutInteraction = false
            let kept = recording.recorder.session(view: "Idle.Live", policy: policy)
            kept.close()
            #expect(await kept.stored() == .stored(kept.id))
            #expect(recording.recorder.statistics.discarded == [.noInteraction: 1])
        }
    }

    @Test("head sampling records the share that it says")
    func headSampling() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            var policy = RecordingPolicy()
            policy.headSampling = 0
            let session = recording.recorder.busySession(policy: policy)
            #expect(!session.isRecording)
            #expect(await session.stored() == .discarded(.headSampling))
            policy.headSampling = 0.5
            var count = 0
            for _ in 0..<400 where recording.recorder.busySession(policy: policy).isRecording { count += 1 }
            // Ten standard deviations.
            #expect((100...300).contains(count))
            await recording.recorder.shutdown()
            let stored = try await recording.store.page(limit: 10_000).recordings.count
            #expect(stored == count)
        }
    }

    @Test("tail sampling keeps sessions with errors and slow ones, and a share of the others", arguments: [2, 1_000])
    func tailSampling(flushedAfter events: Int) async throws {
        try await inFolder { folder in
            let recording = try Recording(
                in: folder,
                .with {
                    $0.policy.flush.events = events
                    $0.policy.tailSampling = TailSampling(share: 0)
                })
            let ordinary = recording.recorder.busySession()
            ordinary.event("more")
            if events == 2 { _ = try await recording.wait(for: ordinary.id) { $0.eventCount > 1 } }
            ordinary.close()
            #expect(await ordinary.stored() == .discarded(.tailSampling))
            #expect(try await recording.store.recording(ordinary.id) == nil)

            let failing = recording.recorder.busySession()
            failing.record(kind: "log", payload: .map(["level": .atom("error"), "message": "x"]))
            failing.close()
            #expect(await failing.stored() == .stored(failing.id))

            var policy = RecordingPolicy()
            policy.tailSampling = TailSampling(share: 0, slowerThan: .milliseconds(2))
            let slow = recording.recorder.busySession(policy: policy)
            let start = ContinuousClock.now
            // The time that a render takes, spent.
            while ContinuousClock.now - start < .milliseconds(4) {}
            slow.render(changed: .map(["a": 1]))
            slow.close()
            #expect(await slow.stored() == .stored(slow.id))

            policy.tailSampling = TailSampling(share: 1)
            let all = recording.recorder.busySession(policy: policy)
            all.close()
            #expect(await all.stored() == .stored(all.id))
        }
    }

    @Test("what is beyond the memory of all sessions is dropped and counted, and states stay right")
    func memory() async throws {
        try await inFolder { folder in
            let recording = try Recording(
                in: folder,
                .with {
                    $0.memoryByteCount = 1 << 20
                    $0.policy.flush.events = .max
                    $0.policy.flush.bytes = 32 << 20
                    $0.policy.flush.interval = .seconds(3_600)
                })
            let session = recording.recorder.busySession()
            let text = String(repeating: "x", count: 600_000)
            session.render(assigns: .map(["text": .string(text), "n": 1]))
            session.render(assigns: .map(["text": .string(text + "y"), "n": 2]))
            session.render(changed: .map(["n": 3]))
            #expect(recording.recorder.statistics.dropped == [.memory: 1, .gap: 1])
            #expect(session.needsWholeState)
            #expect(recording.recorder.statistics.memoryPeakByteCount <= 1 << 20)
            // Whole again: the recorder makes a snapshot of it.
            session.render(assigns: .map(["text": "short", "n": 4]))
            session.close()
            #expect(await session.stored() == .stored(session.id))
            let file = try RecordingFile(await recording.content(session.id))
            // What had no room, and then what the gap kept out.
            #expect(try file.allEvents().map(\.kind) == ["mount", "event", "render", "gap", "assigns"])
            #expect(Gap(payload: try file.event(at: 3).payload) == Gap(dropped: ["render": 2]))
            #expect(try file.state(after: 2).unsureSince == nil)
            #expect(try file.state(after: 3).unsureSince == file.event(at: 3).offset)
            #expect(try file.state(after: 4) == State(assigns: ["text": "short", "n": 4]))
            #expect(recording.recorder.statistics.memoryByteCount == 0)
        }
    }

    static let invalid: [(key: String, change: @Sendable (inout RecorderConfiguration) -> Void)] = [
        ("policy.maxEvents", { $0.policy.maxEvents = 0 }),
        ("policy.headSampling", { $0.policy.headSampling = 1.5 }),
        ("policy.headSampling", { $0.policy.headSampling = .nan }),
        ("policy.tailSampling.share", { $0.policy.tailSampling = TailSampling(share: -1) }),
        (
            "policy.tailSampling.slowerThan",
            { $0.policy.tailSampling = TailSampling(share: 1, slowerThan: .seconds(-1)) }
        ),
        ("policy.flush.events", { $0.policy.flush.events = 0 }),
        ("policy.flush.bytes", { $0.policy.flush.bytes = 1 << 40 }),
        ("policy.flush.interval", { $0.policy.flush.interval = .zero }),
        ("policy.retry.attempts", { $0.policy.retry.attempts = 0 }),
        ("policy.retry.delay", { $0.policy.retry.delay = .seconds(-1) }),
        ("policy.retry.longestDelay", { $0.policy.retry.longestDelay = .zero }),
        ("memoryByteCount", { $0.memoryByteCount = 1 }),
        ("workerCount", { $0.workerCount = 0 }),
        ("encoderCount", { $0.encoderCount = 65 }),
        ("level", { $0.level = 10 }),
        ("graceTime", { $0.graceTime = .seconds(-1) }),
        ("abandonedAfter", { $0.abandonedAfter = .zero }),
    ]

    @Test("a value that makes no sense is refused at the start, by its key", arguments: 0..<17)
    func invalid(_ index: Int) throws {
        let (key, change) = PolicyTests.invalid[index]
        var configuration = RecorderConfiguration()
        change(&configuration)
        let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
        #expect(error?.key == key)
        #expect(error?.description.hasPrefix("\(key): it has to be ") == true)
    }

    @Test("a session's own policy that makes no sense is not used")
    func invalidForSession() async throws {
        try await inFolder { folder in
            let recording = try Recording(in: folder)
            var policy = RecordingPolicy()
            policy.maxEvents = 0
            let session = recording.recorder.busySession(policy: policy)
            session.close()
            #expect(await session.stored() == .stored(session.id))
        }
    }
}
