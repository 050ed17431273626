import Reel

/// The events of a recording, on the shortest way to those that are asked for.
struct EventSource {
    enum Way {
        /// By the index of members, or the members themselves.
        case index(RecordingFile)
        /// All events, from the start.
        case start(RecordingReader)
    }

    let way: Way
    private let waiting: WaitingSource?

    /// A recording that can be read in any order.
    init(_ recording: RecordingFile) { self.init(way: .index(recording), waiting: nil) }

    /// The recording that an input is.
    ///
    /// - Parameters:
    ///   - follows: whether to wait for more at the end of a file.
    ///   - beforeWaiting: called before each read that may take time.
    init(_ input: Input, follows: Bool = false, beforeWaiting: @escaping () throws -> Void) throws {
        if !follows, let recording = input.recordingWithMembers() {
            self.init(recording)
            return
        }
        let source = WaitingSource(input, follows: follows, beforeWaiting: beforeWaiting)
        do {
            let reader = try RecordingReader(source)
            source.reader = reader
            self.init(way: .start(reader), waiting: source)
        } catch {
            throw source.failure ?? error
        }
    }

    private init(way: Way, waiting: WaitingSource?) {
        self.way = way
        self.waiting = waiting
    }

    var header: Header {
        get throws {
            switch way {
            case .index(let recording): try recording.header
            case .start(let reader): reader.header
            }
        }
    }

    /// The summary, as far as it has been reached.
    var summary: Summary? {
        get throws {
            switch way {
            case .index(let recording): try recording.summary
            case .start(let reader): reader.summary
            }
        }
    }

    /// Why the bytes could not be had, when that is why there are no more events.
    var failure: (any Error)? { waiting?.failure }
}

extension Input {
    /// The recording, when it has members that can be read by themselves.
    ///
    /// - Parameter verifies: whether the first member is verified now. If not, what reads it has to.
    func recordingWithMembers(verifies: Bool = true) -> RecordingFile? {
        guard case .file(let bytes) = content,
            let recording = try? RecordingFile(bytes, limits: .default, verifiesFirstMember: verifies),
            recording.layout != .sequential
        else { return nil }
        return recording
    }
}
