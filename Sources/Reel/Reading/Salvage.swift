import ExternalTerm
import GzipMembers

/// What could be read of a damaged recording, and what could not. Implements Spec/recording.md §11.
public struct SalvageReport: Hashable, Sendable {
    /// How many events are readable.
    public var eventCount = 0
    /// Whether nothing is lost: the recording is whole, or only unfinished.
    public var isComplete: Bool { losses.isEmpty }
    /// What is lost, in the order of the file.
    public var losses: [Loss] = []
    /// What follows the end of a recording of which nothing is lost: bytes of something else.
    public var trailing: Range<Int>?

    /// A part of the file that cannot be read.
    public struct Loss: Hashable, Sendable, CustomStringConvertible {
        /// Where it is, in bytes; empty where members are missing altogether.
        public var bytes: Range<Int>
        /// Which events it held, as the recording counted them, when what is around it tells.
        public var events: Range<Int>?
        /// Why it cannot be read.
        public var reason: String

        public var description: String {
            let first = bytes.lowerBound
            let place = bytes.isEmpty ? "before byte \(first)" : "bytes \(first) to \(bytes.upperBound - 1)"
            let what = events.map { "events \($0.lowerBound) to \($0.upperBound - 1)" } ?? "an unknown number of events"
            return "\(place), \(what): \(reason)"
        }
    }
}

/// Reads what is readable of a recording that is damaged, cut or unfinished: every whole member before and after the damage, and
/// the whole frames before it in a member whose checksum is right.
///
/// ```swift
/// let salvage = try Salvage(InputFile("damaged.reel"))
/// for loss in salvage.report.losses { print(loss) }
/// try salvage.write(to: file)
/// ```
public struct Salvage {
    private let bytes: any RandomAccessBytes
    private let limits: ReaderLimits
    private let members: [Member]
    /// Whether the file is read from its start, because no data member is sound.
    private let isPlain: Bool

    /// What is readable and what is not.
    public let report: SalvageReport
    /// The recording's header; without fields when it is among what is lost.
    public let header: Header
    /// Why the recording ended, when that is readable.
    public let summary: Summary?

    /// A data member that is sound, or starts with frames that are.
    private struct Member {
        var entry: IndexEntry
        /// Whether something is missing before it.
        var followsLoss: Bool
    }

    /// Reads all of `bytes` once.
    ///
    /// - Throws: ``ReelError`` when nothing in it is a recording's, or it cannot be read at all.
    public init(_ bytes: any RandomAccessBytes, limits: ReaderLimits = .default) throws(ReelError) {
        let limits = limits.scaled(to: bytes.byteCount)
        self.bytes = bytes
        self.limits = limits
        do {
            // A plain recording that is whole, or cut, may hold another one as a binary.
            var outcome = try Salvage.readPlain(bytes, limits: limits)
            var scan = try MemberScan(bytes, limits: limits)
            if outcome == nil {
                try scan.run()
                // No data member is sound: what is there is read from its start, as far as it goes.
                if scan.members.isEmpty { outcome = try Salvage.readForward(bytes, limits: limits) }
            }
            if let outcome {
                isPlain = true
                members = []
                header = outcome.reader.header
                summary = outcome.reader.summary
                report = outcome.report
                return
            }
            isPlain = false
            members = scan.members.map { Member(entry: $0.entry, followsLoss: $0.followsLoss) }
            header = scan.header ?? Header(fields: [:])
            summary = scan.summary
            report = SalvageReport(
                eventCount: scan.members.reduce(0) { $0 + $1.eventCount }, losses: scan.losses, trailing: scan.trailing)
        } catch {
            throw ReelError(wrapping: error)
        }
    }

    /// Writes a finished recording of everything that is readable.
    ///
    /// Events after a loss move up: their indexes are those of the new recording. States after a loss are right again from the next
    /// keyframe, snapshot or mount on.
    ///
    /// - Returns: the new recording's summary.
    @discardableResult
    public func write(to sink: any ByteSink, options: WriterOptions = .smallest) throws(ReelError) -> Summary {
        let writer = try RecordingWriter(to: sink, header: header, options: options)
        do {
            if isPlain {
                let reader = try Salvage.plainReader(of: bytes, limits: limits)
                var remaining = report.eventCount
                while remaining > 0, let event = try reader.next() {
                    try writer.append(event)
                    remaining -= 1
                }
            }
            let decoder = try MemberDecoder()
            // Whether the events written so far do not add up to the state that they are in, because some are missing.
            var isAdrift = false
            for (position, member) in members.enumerated() {
                let content = try MemberContent(
                    of: member.entry, at: position, isAlone: true, bytes: bytes, limits: limits, decoder: decoder)
                isAdrift = isAdrift || member.followsLoss
                var keyframes = content.keyframes[...]
                for event in content.events {
                    while let keyframe = keyframes.first, keyframe.event <= event.index {
                        if isAdrift { try writer.resume(from: keyframe) }
                        isAdrift = false
                        keyframes.removeFirst()
                    }
                    try writer.append(event)
                }
                if isAdrift, let keyframe = keyframes.last {
                    try writer.resume(from: keyframe)
                    isAdrift = false
                }
            }
        } catch {
            throw ReelError(wrapping: error)
        }
        return try writer.finish(reason: report.isComplete ? summary?.reason ?? .interrupted : .interrupted)
    }

    /// Gives out the events that are readable, in order, until `body` returns false. Their indexes are those that the recording
    /// gave them; where some are lost there is a gap.
    ///
    /// - Throws: ``ReelError`` when the file cannot be read any more, and what `body` throws.
    public func forEachEvent(_ body: (Event) throws -> Bool) throws {
        if isPlain {
            let reader = try Salvage.plainReader(of: bytes, limits: limits)
            for _ in 0..<report.eventCount {
                guard let event = try reader.next(), try body(event) else { return }
            }
        }
        let decoder = try MemberDecoder()
        for (position, member) in members.enumerated() {
            let content = try MemberContent(
                of: member.entry, at: position, isAlone: true, bytes: bytes, limits: limits, decoder: decoder)
            for event in content.events { guard try body(event) else { return } }
        }
    }

    private static func plainReader(
        of bytes: any RandomAccessBytes, limits: ReaderLimits
    ) throws(ReelError) -> RecordingReader {
        try RecordingReader(SequentialBytes(bytes: bytes, position: 0), limits: limits, ignoresFields: true)
    }

    /// What has been read of a recording from its start.
    private struct Outcome {
        var reader: RecordingReader
        var report = SalvageReport()
        /// What has ended the reading before the end of the file.
        var error: ReelError?
    }

    /// Reads a file that starts as a plain recording; nil when it is none, or is damaged and not just cut.
    private static func readPlain(_ bytes: any RandomAccessBytes, limits: ReaderLimits) throws -> Outcome? {
        let reader = try? RecordingReader(SequentialBytes(bytes: bytes, position: 0), limits: limits)
        guard let reader, reader.container != .indexed else { return nil }
        let outcome = try readForward(bytes, limits: limits)
        return outcome.error == nil || outcome.error?.kind == .truncated ? outcome : nil
    }

    private static func readForward(_ bytes: any RandomAccessBytes, limits: ReaderLimits) throws -> Outcome {
        let reader = try plainReader(of: bytes, limits: limits)
        var report = SalvageReport()
        var failure: ReelError?
        do throws(ReelError) {
            while try reader.next() != nil { report.eventCount += 1 }
        } catch {
            guard error.kind != .inputOutput else { throw error }
            failure = error
            let start = min(error.offset ?? reader.fileOffset, bytes.byteCount)
            report.losses = [
                SalvageReport.Loss(bytes: start..<max(bytes.byteCount, start), events: nil, reason: error.reason)
            ]
        }
        return Outcome(reader: reader, report: report, error: failure)
    }
}

/// Finds the members with fields that are sound, wherever they are.
private struct MemberScan {
    struct Found {
        var entry: IndexEntry
        var eventCount: Int
        var followsLoss: Bool

        var endEvent: Int { entry.firstEvent + eventCount }
    }

    private let bytes: any RandomAccessBytes
    private let limits: ReaderLimits
    private let decoder: MemberDecoder

    private(set) var members: [Found] = []
    private(set) var losses: [SalvageReport.Loss] = []
    private(set) var header: Header?
    private(set) var summary: Summary?
    /// What follows the end member of a recording of which nothing is lost.
    private(set) var trailing: Range<Int>?

    /// Where the first member is that is no data member: there the data members end.
    private var indexOffset: Int?
    /// Where the end member ends, when nothing of a recording has been found after it.
    private var end: Int?
    /// The offset in the file up to which everything is accounted for, and why what follows is not readable.
    private var accounted = 0
    private var reason = ""

    /// How the header of every member with fields starts: Spec/recording.md §11.
    private static let prefix: [UInt8] = [0x1F, 0x8B, 8, 6, 0, 0, 0, 0, 0, 255]

    init(_ bytes: any RandomAccessBytes, limits: ReaderLimits) throws {
        self.bytes = bytes
        self.limits = limits
        decoder = try MemberDecoder()
    }

    mutating func run() throws {
        var position = 0
        while position < bytes.byteCount {
            do {
                let end = try readMember(at: position)
                accounted = end
                position = end
            } catch {
                let error = ReelError(wrapping: error)
                guard error.kind != .inputOutput else { throw error }
                if position == accounted { reason = error.reason }
                position = try endOfDamagedMember(at: position) ?? nextCandidate(after: position)
            }
        }
        guard !members.isEmpty else { return }
        if let end, end == accounted, losses.isEmpty, summary != nil, header != nil, end < bytes.byteCount {
            trailing = end..<bytes.byteCount
        } else {
            note(lossUpTo: bytes.byteCount, nextEvent: nil)
        }
        guard losses.isEmpty else { return }
        // What is missing as a whole leaves no bytes.
        if header == nil { noteMissing(at: 0, events: nil, "the first member, with the header, is missing") }
        if let indexOffset, summary == nil {
            noteMissing(at: indexOffset, events: nil, "the last data member, with the finish frame, is missing")
        }
    }

    /// Reads the member at `offset` and returns where it ends.
    private mutating func readMember(at offset: Int) throws -> Int {
        let head = try bytes.read(offset..<min(offset + SingleMember.longestHeader, bytes.byteCount))
        guard let memberHeader = try MemberHeader.parse(head.span, at: offset),
            let fields = try MemberFields(memberHeader, offset: offset)
        else { throw ReelError(.malformedMember, "no member of a recording starts here", offset: offset) }
        let member = try SingleMember(at: offset, byteCount: fields.memberByteCount, of: bytes)
        guard case .data(let data) = fields.kind else {
            let content = try member.content(limits: limits, decoder: decoder)
            var total: Int?
            if case .index = fields.kind {
                guard let entries = try MemberDirectory.index(in: content, limits: limits, offset: offset) else {
                    throw ReelError(.malformedIndex, "an index member without an index", offset: offset)
                }
                // It counts the events of members that are lost before it, too.
                total = entries.last?.endEvent
            }
            note(lossUpTo: offset, nextEvent: total)
            indexOffset = indexOffset ?? offset
            let memberEnd = offset + fields.memberByteCount
            if case .end = fields.kind { end = memberEnd } else { end = nil }
            return memberEnd
        }
        guard !data.hasHeader || data.firstEvent == 0 else {
            throw ReelError(.malformedMember, "a header after events", offset: offset)
        }
        let entry = IndexEntry(offset: offset, byteCount: fields.memberByteCount, fields: data)
        let content = try MemberContent(
            of: entry, at: members.count, isAlone: true, bytes: bytes, limits: limits, decoder: decoder)
        // A member that goes back, such as one inside another recording's event, is not this recording's.
        guard data.firstEvent >= members.last?.entry.endEvent ?? 0 else {
            end = nil
            throw ReelError(.malformedMember, "a member that starts with an earlier event", offset: offset)
        }
        if content.isEmpty, let failure = content.failure { throw failure }
        let lossCount = losses.count
        note(lossUpTo: offset, nextEvent: data.firstEvent)
        end = nil
        members.append(
            Found(entry: entry, eventCount: content.events.count, followsLoss: losses.count > lossCount))
        header = header ?? content.header
        summary = content.summary ?? summary
        // The member is lost all the same: what follows its sound frames is.
        if let failure = content.failure { throw failure }
        return offset + fields.memberByteCount
    }

    /// Where the member at `offset` ends, when its fields are sound and so is what follows it: then only its content is damaged, and
    /// what looks like members in there is a recording inside an event.
    private func endOfDamagedMember(at offset: Int) -> Int? {
        guard let fields = fields(at: offset) else { return nil }
        let (end, overflow) = offset.addingReportingOverflow(fields.memberByteCount)
        guard !overflow, end <= bytes.byteCount else { return nil }
        return end == bytes.byteCount || self.fields(at: end) != nil ? end : nil
    }

    /// The fields of the member at `offset`, or nil when its header is not sound.
    private func fields(at offset: Int) -> MemberFields? {
        guard let head = try? bytes.read(offset..<min(offset + SingleMember.longestHeader, bytes.byteCount)),
            let header = try? MemberHeader.parse(head.span, at: offset)
        else { return nil }
        return try? MemberFields(header, offset: offset)
    }

    /// Accounts for what could not be read before `offset`.
    private mutating func note(lossUpTo offset: Int, nextEvent: Int?) {
        let before = members.last?.endEvent ?? 0
        let events = nextEvent.flatMap { $0 > before ? before..<$0 : nil }
        if offset > accounted {
            losses.append(SalvageReport.Loss(bytes: accounted..<offset, events: events, reason: reason))
            accounted = offset
        } else if events != nil {
            noteMissing(at: offset, events: events, "members are missing here")
        }
    }

    private mutating func noteMissing(at offset: Int, events: Range<Int>?, _ reason: String) {
        losses.append(SalvageReport.Loss(bytes: offset..<offset, events: events, reason: reason))
    }

    /// Where the next member may start.
    private func nextCandidate(after position: Int) throws -> Int {
        var start = position + 1
        let prefix = MemberScan.prefix
        while start + prefix.count <= bytes.byteCount {
            let piece = try bytes.read(start..<min(start + (256 << 10), bytes.byteCount))
            var index = 0
            while index + prefix.count <= piece.count {
                if piece[index] == prefix[0], piece[index..<index + prefix.count].elementsEqual(prefix) {
                    return start + index
                }
                index += 1
            }
            start += max(piece.count - prefix.count + 1, 1)
        }
        return bytes.byteCount
    }
}
