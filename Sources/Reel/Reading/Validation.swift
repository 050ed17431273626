import ExternalTerm

/// Something that a validation found.
public struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// How bad a finding is.
    public enum Severity: String, Hashable, Sendable {
        /// A rule that recordings must keep is broken.
        case error
        /// A rule that writers should keep is broken; every reader can live with it.
        case warning
    }

    /// How bad it is.
    public var severity: Severity
    /// The kind of error, or nil for a warning.
    public var kind: ReelError.Kind?
    /// What was found, in words.
    public var reason: String
    /// Where in the file, in bytes, or nil.
    public var offset: Int?
    /// The member, the first one being 0, or nil.
    public var member: Int?
    /// The event's index, or nil.
    public var event: Int?
    /// The section of `Spec/` that the rule stands in.
    public var section: String?

    public var description: String {
        var place = offset.map { " at byte \($0)" } ?? ""
        if let member { place += ", member \(member)" }
        if let event { place += ", event \(event)" }
        return "\(severity.rawValue)\(kind.map { " (\($0.rawValue))" } ?? "")\(place): \(reason)"
            + (section.map { " (Spec/\($0))" } ?? "")
    }
}

/// Checks every rule of the specification on a recording. Implements Spec/recording.md §10.
public enum Validation {
    /// Everything that is wrong with the recording in `bytes`, in the order in which it was met; nothing when it is sound.
    ///
    /// After an error in the recording's bytes nothing after it is checked. Memory is bounded as a reader's is.
    public static func findings(in bytes: any RandomAccessBytes, limits: ReaderLimits = .default) -> [Finding] {
        var check = Check()
        do throws(ReelError) {
            let limits = limits.scaled(to: bytes.byteCount)
            let reader = try RecordingReader(SequentialBytes(bytes: bytes, position: 0), limits: limits)
            check.checkHeader(reader.header)
            while let frame = try reader.nextFrame() { try check.check(frame, offset: reader.fileOffset) }
            try check.checkEnd(of: reader)
            // The way in from the end has to lead to the same members as the way from the start.
            if reader.hasEnd {
                let file = try RecordingFile(bytes, limits: limits)
                if file.entries != reader.entries {
                    check.add(.malformedIndex, "an index that leads to other members", section: "recording.md §6.6")
                }
            }
        } catch {
            check.findings.append(
                Finding(
                    severity: .error, kind: error.kind, reason: error.reason, offset: error.offset,
                    member: error.member,
                    event: error.event, section: error.section))
        }
        return check.findings
    }
}

/// The checks that a reader does not make because it can live without them.
private struct Check {
    var findings: [Finding] = []
    private var fold = StateFold()
    private var page = Page()
    private var summary = Summary()
    private var lastOffset = 0
    private var transcoder = CanonicalTranscoder(limits: .trusted)
    private var canonical = TermWriter()
    /// Warnings of which one is enough.
    private var warned: Set<String> = []

    mutating func add(_ kind: ReelError.Kind, _ reason: String, event: Int? = nil, offset: Int? = nil, section: String)
    {
        findings.append(
            Finding(severity: .error, kind: kind, reason: reason, offset: offset, event: event, section: section))
    }

    private mutating func warn(_ reason: String, event: Int?, offset: Int?, section: String) {
        guard warned.insert(reason).inserted else { return }
        findings.append(
            Finding(
                severity: .warning, reason: "\(reason); further ones are not listed", offset: offset, event: event,
                section: section))
    }

    mutating func checkHeader(_ header: Header) {
        for name in ["id", "view", "url", "connected_at"] as [Atom] where header.fields[atom: name] == nil {
            findings.append(
                Finding(
                    severity: .warning, reason: "a header without \(name)", offset: 0, section: "recording.md §6.1"))
        }
    }

    mutating func check(_ frame: FrameContent, offset: Int) throws(ReelError) {
        do throws(TermError) {
            switch frame {
            case .events(let events):
                for event in events { try check(event, offset: offset) }
            case .keyframe(let keyframe):
                // After salvage a keyframe is what the events before the loss added up to: it counts, and is worth a word.
                if try keyframe.state.state() != (try fold.state()) {
                    findings.append(
                        Finding(
                            severity: .warning,
                            reason: "a keyframe that is not what the events before it add up to, as after a loss",
                            offset: offset, event: keyframe.event, section: "recording.md §6.4"))
                }
                fold = keyframe.state
                if let kept = keyframe.page { try checkPage(kept, of: keyframe, offset: offset) }
            case .finish(let declared):
                for (name, isEqual) in [
                    ("the duration", declared.duration == summary.duration), ("kinds", declared.kinds == summary.kinds),
                    ("names", declared.names == summary.names), ("errors", declared.errorCount == summary.errorCount),
                ] where !isEqual {
                    add(
                        .malformedFrame, "a finish frame whose count of \(name) is not what the events add up to",
                        offset: offset, section: "recording.md §6.5")
                }
            case .header, .index, .unknown: break
            }
        } catch {
            throw ReelError(wrapping: error)
        }
    }

    private mutating func check(_ event: Event, offset: Int) throws(TermError) {
        let head = event.head
        try summary.count(head, of: event.encoded.span)
        try fold.apply(head, of: event.encoded.span)
        if Page.isChanged(by: event.kind) { page.apply(kind: event.kind, payload: try event.payload) }
        if event.offset < lastOffset {
            warn(
                "an event earlier than the one before it", event: event.index, offset: offset,
                section: "recording.md §6.2")
        }
        lastOffset = event.offset
        if event.kind == Gap.kind, !Gap.isWellFormed(try event.payload) {
            warn(
                "a gap whose 'dropped' is no map of kinds to integers of 1 or more", event: event.index, offset: offset,
                section: "registry.md §2")
        }
        canonical.truncate(to: 0)
        _ = try transcoder.transcodeTerm(event.encoded.span, at: 0, into: &canonical)
        if !canonical.bytes.elementsEqual(event.encoded) {
            warn("a term that is not in the canonical form", event: event.index, offset: offset, section: "terms.md §4")
        }
    }

    /// Compares the page that a keyframe holds with the one that the events before it make, by what they look like.
    private mutating func checkPage(_ kept: [UInt8], of keyframe: Keyframe, offset: Int) throws(TermError) {
        func warn(_ reason: String) {
            findings.append(
                Finding(
                    severity: .warning, reason: reason, offset: offset, event: keyframe.event, section: "pages.md §10"))
        }
        guard let kept = Page(try EncodedTerm.term(kept.span, at: 0)) else {
            return warn("a page in a keyframe that is no list of {Kind, Payload}")
        }
        // Pages that are too large to be written have nothing to be compared by.
        if let one = try? kept.written(), let other = try? page.written(),
            one.text != other.text || one.title != other.title
                || (one.unsureReason == nil) != (other.unsureReason == nil)
        {
            warn("a page in a keyframe that is not what the events before it make")
        }
        page = kept
    }

    mutating func checkEnd(of reader: RecordingReader) throws(ReelError) {
        if reader.summary == nil {
            warn("the recording is unfinished: no finish frame", event: nil, offset: nil, section: "recording.md §4.4")
        } else if !reader.hasEnd {
            warn("the recording has no index", event: nil, offset: nil, section: "recording.md §4.3")
        }
    }
}
