import ExternalTerm
import Reel
import Testing

/// The state at an event is what the events up to it add up to, however the recording is laid out, and costs no more than the
/// members from its keyframe on.
@Suite("Timeline")
struct TimelineTests {
    /// Recordings of many members, so that states are found through keyframes.
    private static let manyMembers = WriterOptions(level: 1, memberByteCount: 16 << 10, frameByteCount: 2 << 10)

    @Test("The state after every event is the sum of the events before it", arguments: Sample.small)
    func everyEvent(_ sample: Sample) throws {
        let states = NaiveFold.states(of: try Original(sample).events)
        let timeline = Timeline(
            try RecordingFile(MemorySource(try sample.imported(TimelineTests.manyMembers))))
        for (index, state) in states.enumerated() {
            #expect(try timeline.state(after: index) == state, "event \(index)")
        }
    }

    @Test("The changes at an event lead from the state before it to the state after it", arguments: Sample.small)
    func changes(_ sample: Sample) throws {
        let states = NaiveFold.states(of: try Original(sample).events)
        let timeline = Timeline(
            try RecordingFile(MemorySource(try sample.imported(TimelineTests.manyMembers))))
        for index in states.indices where index.isMultiple(of: sample.name.hasPrefix("counter") ? 1 : 7) {
            var state = index > 0 ? states[index - 1] : State()
            for change in try timeline.changes(at: index) {
                #expect(change.before != change.after)
                switch (change.place, change.key) {
                case (.assigns, let key?):
                    #expect(state.assigns[key] == change.before)
                    state.assigns[key] = change.after
                case (.component(let component), let key?):
                    var assigns = state.components[component]?.map ?? [:]
                    #expect(assigns[key] == change.before)
                    assigns[key] = change.after
                    state.components[component] = assigns.isEmpty ? nil : .map(assigns)
                case (.url, nil):
                    #expect(state.url == change.before?.text)
                    state.url = change.after?.text
                default: Issue.record("a change without a key")
                }
            }
            #expect(state == states[index], "event \(index)")
        }
    }

    @Test("So it is in long sessions, at whatever event", arguments: Sample.long)
    func someEvents(_ sample: Sample) throws {
        var numbers = RandomNumbers(seed: RandomNumbers.seed)
        let states = NaiveFold.states(of: try Original(sample).events)
        let recording = try Imported.of(sample).recording
        for _ in 0..<20 {
            let index = Int.random(in: states.indices, using: &numbers)
            let timeline = Timeline(try RecordingFile(MemorySource(recording)))
            #expect(try timeline.state(after: index) == states[index], "event \(index)")
        }
    }

    @Test(
        "A state reads no member but those from its keyframe to itself, and any that declares no events",
        arguments: Sample.all)
    func membersRead(_ sample: Sample) throws {
        var numbers = RandomNumbers(seed: RandomNumbers.seed)
        let recording = try sample.imported(TimelineTests.manyMembers)
        let count = try RecordingFile(MemorySource(recording)).eventCount
        for _ in 0..<20 {
            let index = Int.random(in: 0..<count, using: &numbers)
            let file = try RecordingFile(MemorySource(recording))
            let before = file.inflatedMemberCount
            _ = try Timeline(file).state(after: index)
            let member = try #require(file.entries.firstIndex { $0.endEvent > index })
            let keyframe = file.entries[...member].lastIndex { $0.startsWithKeyframe } ?? 0
            let withoutEvents = file.entries.count { $0.eventCount == 0 }
            #expect(file.inflatedMemberCount - before <= member - keyframe + 1 + withoutEvents, "event \(index)")
        }
    }

    @Test("Keyframes are there wherever replaying the changes would cost more than reading the state")
    func keyframes() throws {
        for sample in Sample.long {
            let file = try RecordingFile(MemorySource(try Imported.of(sample).recording))
            #expect(file.entries.count > 4)
            let withoutKeyframe = file.entries.dropFirst().filter { !$0.startsWithKeyframe }
            #expect(withoutKeyframe == [], "\(sample.name)")
        }
    }
}
