public import Reel
public import ReelStore

/// The events of a session while it runs, and those before when they are asked for.
///
/// ```swift
/// for try await event in session.events(from: .now) {
///     print(event.offset, event.label)
/// }
/// ```
///
/// The sequence ends with the session. Any number of observers may watch one session, and none holds it back: they fetch events when
/// they want the next one, from memory or, those that are behind, from the store. An observer has a part of the events in memory at
/// a time, however far it is behind.
///
/// Iterating twice gives the events twice, from the same place on.
public struct SessionEvents: AsyncSequence, Sendable {
    /// Where to start.
    public enum Start: Hashable, Sendable {
        /// With the session's first event.
        case start
        /// With the next event.
        case now
    }

    /// What becomes of an observer that does not keep up.
    public enum SlowObserver: Hashable, Sendable {
        /// It gets all events, late.
        case catchesUp
        /// Its sequence fails with ``WatchError/tooSlow`` when so many events have come that it has not fetched.
        case isDropped(behind: Int)
    }

    let core: SessionCore
    let slow: SlowObserver
    let place: Place

    /// Which event comes next, and how many bytes of events come before it.
    struct Place: Hashable, Sendable {
        var event: Int
        /// Nil when it is not known, because the event is in the store.
        var byteOffset: Int?
    }

    init(_ core: SessionCore, from start: Start, slow: SlowObserver) {
        self.core = core
        self.slow = slow
        place = start == .start ? Place(event: 0, byteOffset: 0) : core.end
    }

    /// Fetches the events.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let core: SessionCore
        let slow: SlowObserver
        var place: Place
        /// The events that have been fetched and not been asked for yet.
        var fetched: ArraySlice<Event> = []
        /// How many bytes are fetched at a time.
        var pieceByteCount = 64 << 10

        public mutating func next() async throws(WatchError) -> Event? { try await next(isolation: nil) }

        public mutating func next(isolation: isolated (any Actor)?) async throws(WatchError) -> Event? {
            while fetched.isEmpty {
                switch core.observe(place, slow, upTo: pieceByteCount) {
                case .recorded(let bytes, let offset):
                    let (events, byteCount) = Event.events(in: bytes, from: place.event)
                    if events.isEmpty {
                        // An event that is larger than a piece wants a larger one.
                        guard bytes.count >= pieceByteCount else { throw .lost(.encoding) }
                        pieceByteCount *= 2
                    }
                    fetched = events[...]
                    place = Place(event: place.event + events.count, byteOffset: offset + byteCount)
                case .stored(let end):
                    fetched = try await core.stored(from: place.event, upTo: end)[...]
                    place = Place(event: place.event + fetched.count, byteOffset: nil)
                case .nothingYet:
                    await core.wait(after: place)
                    if Task.isCancelled { return nil }
                case .ended: return nil
                case .failed(let error): throw error
                }
            }
            return fetched.popFirst()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(core: core, slow: slow, place: place) }
}

/// Why an observer gets no more events.
public enum WatchError: Error, Hashable, Sendable {
    /// So many events had come that it was dropped, as it had asked for.
    case tooSlow
    /// Events that are not in memory any more could not be read from the store.
    case store(StoreError)
    /// The session's recording has failed, and the events that come next are lost.
    case lost(FailureReason)
}

extension WatchError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooSlow: "the observer did not keep up with the session"
        case .store(let error): "events could not be read from the store: \(error)"
        case .lost(let reason): "the session could not be recorded any further: \(reason.rawValue)"
        }
    }
}

extension Session {
    /// The session's events while it runs.
    ///
    /// - Parameters:
    ///   - start: whether to begin with the first event or with the next one.
    ///   - slow: what becomes of the observer when it does not keep up.
    public func events(
        from start: SessionEvents.Start = .now, slow: SessionEvents.SlowObserver = .catchesUp
    ) -> SessionEvents {
        SessionEvents(core, from: start, slow: slow)
    }
}

/// A session that is running, seen by others than its recorder. Holding on to it does not keep the session open.
public struct RunningSession: Sendable, Identifiable {
    private let core: SessionCore

    init(_ core: SessionCore) { self.core = core }

    /// What the store calls the recording.
    public var id: RecordingID { core.id }
    /// The view's name.
    public var view: String { core.description.view }
    /// The address that the session started at, sanitized.
    public var url: String? { core.description.url }
    /// When the session started, in milliseconds since 1970.
    public var connectedAt: Int { core.description.connectedAt }
    /// How many events it has recorded so far.
    public var eventCount: Int { core.end.event }
    /// Whether it still records.
    public var isRecording: Bool { core.isRecording }

    /// The session's events while it runs.
    public func events(
        from start: SessionEvents.Start = .now, slow: SessionEvents.SlowObserver = .catchesUp
    ) -> SessionEvents {
        SessionEvents(core, from: start, slow: slow)
    }
}

extension Recorder {
    /// The sessions that are running, or are still being stored, the oldest first.
    public var running: [RunningSession] {
        engine.running.map(RunningSession.init).sorted { ($0.connectedAt, $0.id) < ($1.connectedAt, $1.id) }
    }

    /// The session of this id, if it is running or still being stored.
    public func running(_ id: RecordingID) -> RunningSession? { engine.running(id).map(RunningSession.init) }
}
