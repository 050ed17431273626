import ExternalTerm
import Zlib

/// The way through the frames of a `.part` file. Implements Spec/phoenix-replay.md §4.
struct PartWalk: PhoenixReplayWalk {
    let bytes: any RandomAccessBytes
    let limits: ReaderLimits

    /// Where an event stands: its number, its frame, and its place in what the frame holds.
    private struct Place {
        var number: Int
        var frame: Int
        var range: Range<Int>
    }

    /// A frame that can be read, as a whole or up to where it is torn.
    private struct Frame {
        /// Where the frame's payload is in the file.
        var payload: Range<Int>
        var isTorn: Bool
    }

    private struct Directory {
        var frames: [Frame] = []
        var events: [Place] = []
        var fields = TermMap()
        var losses: [String] = []
    }

    func survey() throws -> PhoenixReplaySurvey {
        let directory = try directory()
        for key in directory.fields.keys { try PhoenixReplaySurvey.check(key: key) }
        return PhoenixReplaySurvey(
            fields: directory.fields, eventCount: directory.events.count, losses: directory.losses)
    }

    func events() throws -> any PhoenixReplayEvents { PartEvents(walk: self, directory: try directory()) }

    /// The events of a file, in the order of their numbers.
    private struct PartEvents: PhoenixReplayEvents {
        let walk: PartWalk
        let directory: Directory
        private var position = 0
        /// Writers may have appended a later number before an earlier one; neighbouring frames are enough to put that right.
        private var contents: [(frame: Int, bytes: [UInt8])] = []

        init(walk: PartWalk, directory: Directory) {
            self.walk = walk
            self.directory = directory
        }

        mutating func next(_ body: (Range<Int>, borrowing [UInt8]) throws -> Void) throws -> Bool {
            guard position < directory.events.count else { return false }
            let place = directory.events[position]
            position += 1
            if !contents.contains(where: { $0.frame == place.frame }) {
                if contents.count == 4 { contents.removeFirst() }
                contents.append((place.frame, try walk.content(of: directory.frames[place.frame]).bytes))
            }
            for content in contents where content.frame == place.frame { try body(place.range, content.bytes) }
            return true
        }
    }

    private func directory() throws -> Directory {
        var directory = Directory()
        // How many bytes may be read in all to find frames among others: a file may look like the start of one everywhere.
        var budget = 2 * bytes.byteCount + (1 << 20)
        var offset: Int? = 0
        while let start = offset, start < bytes.byteCount {
            offset = try readFrame(at: start, into: &directory, &budget)
        }
        if zip(directory.events, directory.events.dropFirst()).contains(where: { $0.number > $1.number }) {
            // Stable, so that equal numbers keep the order of the file.
            directory.events = directory.events.enumerated()
                .sorted { ($0.element.number, $0.offset) < ($1.element.number, $1.offset) }.map(\.element)
        }
        return directory
    }

    /// Reads the frame at `offset`, as far as it goes. Returns where to go on, or nil where reading ends.
    private func readFrame(at offset: Int, into directory: inout Directory, _ budget: inout Int) throws -> Int? {
        guard bytes.byteCount - offset >= 12 else {
            directory.losses.append("\(bytes.byteCount - offset) bytes of a torn frame at byte \(offset)")
            return nil
        }
        let head = try bytes.read(offset..<offset + 12)
        guard Array(head.prefix(4)) == PhoenixReplayFormat.partMagic else {
            directory.losses.append("what follows byte \(offset) is no frame")
            return nil
        }
        let first = offset + 12
        var end = first + head.span.uint32(at: 4)
        var isTorn = end > bytes.byteCount
        let payload = first..<min(end, bytes.byteCount)
        let isWhole = try !isTorn && isSound(payload, checksum: head.span.uint32(at: 8))
        if !isWhole {
            // A process may have died while it wrote the frame, and another one gone on.
            let next = try nextFrame(after: offset + 4, before: end, &budget)
            guard isTorn || next != nil else {
                let reason = payload.count > limits.frameByteCount ? "is larger than the limit" : "fails its checksum"
                directory.losses.append("the frame at byte \(offset) \(reason)")
                return end
            }
            isTorn = true
            end = next ?? end
        }
        let frame = Frame(payload: first..<max(first, min(end, bytes.byteCount)), isTorn: isTorn)
        guard frame.payload.count <= limits.frameByteCount else {
            directory.losses.append("the frame at byte \(offset) is larger than the limit")
            return end
        }
        let before = directory.events.count
        do {
            try read(frame, into: &directory)
        } catch {
            let error = ReelError(wrapping: error)
            guard error.kind != .malformedFrame else { throw error }
            directory.losses.append("the frame at byte \(offset): \(error)")
        }
        if isTorn {
            directory.losses.append(
                "the frame at byte \(offset) is torn; \(directory.events.count - before) of its events are readable")
        }
        return end
    }

    /// Whether a frame's payload has its checksum.
    private func isSound(_ payload: Range<Int>, checksum: Int) throws -> Bool {
        guard payload.count <= limits.frameByteCount else { return false }
        let content = try bytes.read(payload)
        return CRC32.checksum(of: content.span) == UInt32(truncatingIfNeeded: checksum)
    }

    /// Where the next whole frame starts in a part of the file that is none; nil when none does.
    private func nextFrame(after start: Int, before end: Int, _ budget: inout Int) throws -> Int? {
        let magic = PhoenixReplayFormat.partMagic
        // A frame that starts before it ends after it.
        let limit = min(end + 11, bytes.byteCount)
        var position = start
        while position + 12 <= limit {
            let piece = try bytes.read(position..<min(position + (64 << 10), limit))
            for index in 0..<max(piece.count - 11, 0) where piece[index] == magic[0] {
                guard piece[index..<index + 4].elementsEqual(magic) else { continue }
                let first = position + index + 12
                let count = piece.span.uint32(at: index + 4)
                guard count <= bytes.byteCount - first, count <= budget else { continue }
                budget -= count
                let checksum = piece.span.uint32(at: index + 8)
                if try isSound(first..<first + count, checksum: checksum) { return position + index }
            }
            position += max(piece.count - 11, 1)
        }
        return nil
    }

    /// What a frame's compressed term inflates to, as far as it does, without a leading 131; and what is wrong with its stream.
    private func content(of frame: Frame) throws -> (bytes: [UInt8], damage: String?) {
        let payload = try bytes.read(frame.payload)
        guard payload.count > 6, payload.starts(with: [Tag.version, Tag.compressed]) else {
            return (Array(payload.dropFirst()), nil)
        }
        let limit = limits.term.inflatedByteCount
        var content: [UInt8] = []
        let inflater = try Inflater(.zlib)
        var position = 6
        do throws(ZlibError) {
            while content.count <= limit {
                let step = try inflater.inflate(
                    payload.span.extracting(position..<payload.count), appendingTo: &content,
                    atMost: limit + 1 - content.count)
                position += step.consumed
                if step.isFinished || step.consumed + step.produced == 0 { break }
            }
        } catch {
            return (content, error.message)
        }
        guard content.count <= limit else {
            throw ReelError(.limitExceeded, "a compressed term of more than the limit of \(limit) bytes")
        }
        return (content, nil)
    }

    /// Reads `{Recording, [{Number, Event}]}`, or what there is of it.
    private func read(_ frame: Frame, into directory: inout Directory) throws {
        let (content, damage) = try content(of: frame)
        if let damage {
            directory.losses.append("the frame at byte \(frame.payload.lowerBound - 12) is damaged: \(damage)")
        }
        directory.frames.append(frame)
        var window = TermWindow(MemorySource(content), limits: limits)
        do {
            guard try window.byte("a frame") == Tag.smallTuple, try window.byte("a frame") == 2,
                case .map(var fields) = try window.value("a frame's recording", enclosing: 1)
            else { throw ReelError(.malformedTerm, "a frame that is not {Recording, Events}") }
            fields[atom: "events"] = nil
            directory.fields = fields
            guard try window.byte("a frame's events") == Tag.list else { return }
            for _ in 0..<(try window.uint32("a frame's events")) {
                let element = try window.term("an event", enclosing: 2)
                guard
                    case (.tuple(2), let first) = try KnownTerm.token(of: window.bytes.span, at: element.lowerBound),
                    case (.integer(let number), let event) = try KnownTerm.token(of: window.bytes.span, at: first)
                else {
                    throw ReelError(
                        .malformedFrame, "a frame's event that is not {Number, Event}", offset: 0,
                        section: "phoenix-replay.md §4")
                }
                let end = window.walkedByteCount
                directory.events.append(
                    Place(
                        number: number, frame: directory.frames.count - 1,
                        range: end - (element.upperBound - event)..<end))
            }
        } catch {
            let error = ReelError(wrapping: error)
            guard frame.isTorn || damage != nil, error.kind == .truncated else { throw error }
        }
    }
}
