import ExternalTerm
import GzipMembers

/// Looks at first bytes, and at what they hold when they are compressed, to tell what they are.
struct ContentProbe {
    typealias Result = (compression: [Compression], form: Content.Form)

    /// How the terms stand that the bytes are known to be.
    let framing: TermFraming?
    /// Whether the bytes are known to be terms, so that recordings are so as well.
    let onlyTerms: Bool

    /// In the order in which they are preferred.
    private static let framings: [TermFraming] = [.terms, .packet4, .packet2, .packet1]
    /// How many bytes are looked at, and how many times they may have been compressed.
    private static let mostBytes = 64 << 10
    private static let deepest = 8

    /// Tells what the bytes of `source` are, without reading them.
    func examine(_ source: PeekableSource) throws -> Result { try examine(source, depth: 0) }

    private func examine(_ source: PeekableSource, depth: Int) throws -> Result {
        while true {
            let head = source.head
            let isFinal = source.isEnded || source.failure != nil || head.count >= ContentProbe.mostBytes
            if head.starts(with: ContentProbe.gzip) {
                if head.count < 4, !isFinal {
                    try source.peek(upTo: ContentProbe.mostBytes)
                    continue
                }
                return try examineGzip(source, depth: depth)
            }
            var attempts: [UnknownContent.Attempt] = []
            switch judge(head, isWhole: source.isEnded, isFinal: isFinal, &attempts) {
            case .form(let form): return ([], form)
            case .undecided: try source.peek(upTo: ContentProbe.mostBytes - head.count)
            case .nothing: return try examineStream(source, attempts, depth: depth)
            }
        }
    }

    private static let gzip: [UInt8] = [0x1F, 0x8B, 8]
    private static let whiteSpace: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]

    // MARK: Bytes as they are

    private enum Judgement {
        case form(Content.Form), undecided, nothing
    }

    /// - Parameters:
    ///   - isWhole: whether nothing follows these bytes.
    ///   - isFinal: whether no more can be looked at.
    private func judge(
        _ head: [UInt8], isWhole: Bool, isFinal: Bool, _ attempts: inout [UnknownContent.Attempt]
    ) -> Judgement {
        if !onlyTerms, ContentProbe.isHeader(head) { return .form(.recording) }
        let tests = (framing.map { [$0] } ?? ContentProbe.framings).map { FramingTest($0, head, isWhole: isWhole) }
        let likely = tests.first { $0.verdict == .fits || $0.verdict == .begins }
        if let likely, likely.verdict == .fits { return .form(form(of: likely, head)) }
        if !isFinal {
            if tests.contains(where: { $0.verdict != .fails && $0.verdict != .fitsFirst }) { return .undecided }
        }
        let best = tests.first { $0.verdict == .fits } ?? likely ?? tests.first { $0.verdict == .fitsFirst }
        if let best { return .form(form(of: best, head)) }
        if !onlyTerms {
            if head.starts(with: PhoenixReplayFormat.partMagic) { return .form(.phoenixReplay) }
            // What is torn may be a file of PhoenixReplay's all the same.
            if tests[0].failure?.code == .truncated, ContentProbe.startsLikeMap(head) { return .form(.phoenixReplay) }
            let text = head.lazy.filter { !ContentProbe.whiteSpace.contains($0) }.prefix(2)
            let isText = Array(text) == Array("{\"".utf8.prefix(text.count)) || Array(text) == Array("{}".utf8)
            if isText, !isFinal, text.count < 2, !head.isEmpty { return .undecided }
            if isText, text.first != nil { return .form(.json) }
        }
        // Nothing else starts like that: what reads the term says what is wrong with it.
        if framing == nil, head.first == Tag.version { return .form(.terms(.terms)) }
        if framing == nil, ContentProbe.isFrame(head) { return .form(.terms(.packet4)) }
        attempts = tests.map { test in
            UnknownContent.Attempt(
                name: test.framing.name,
                reason: test.failure.map { "\($0.reason), at byte \($0.offset)" } ?? "too few bytes")
        }
        return .nothing
    }

    private func form(of test: FramingTest, _ head: [UInt8]) -> Content.Form {
        guard !onlyTerms, test.framing == .terms, ContentProbe.startsLikeMap(head) else {
            return .terms(test.framing)
        }
        // The first term is too long to tell, or it tells.
        guard let first = test.first else { return .phoenixReplay }
        return PhoenixReplayFormat.isMap(head.span.extracting(first)) ? .phoenixReplay : .terms(.terms)
    }

    /// Whether these are a map, or compressed, which a map may be.
    private static func startsLikeMap(_ head: [UInt8]) -> Bool {
        head.starts(with: [Tag.version, Tag.map]) || head.starts(with: [Tag.version, Tag.compressed])
    }

    /// Whether a whole frame with a length of four bytes starts these bytes, whatever is the matter with its term.
    private static func isFrame(_ head: [UInt8]) -> Bool {
        guard head.count > 5, head[4] == Tag.version else { return false }
        return head.span.uint32(at: 0) <= head.count - 4
    }

    /// Whether the length that starts these bytes is one that no term has.
    private static func isTooLong(_ head: [UInt8]) -> Bool { head.span.uint32(at: 0) > TermFrames.defaultLongestTerm }

    /// Whether the first frame of a recording starts these bytes: Spec/recording.md §6.1.
    private static func isHeader(_ head: [UInt8]) -> Bool {
        guard head.count > 5, head[4] == Tag.version else { return false }
        let term = TermEnvelope.head(of: head.span.extracting(4..<head.count), upTo: 32)
        guard case (.tuple(3...), let first)? = try? KnownTerm.token(of: term.span, at: 0),
            case (.atom(let name), _)? = try? KnownTerm.token(of: term.span, at: first)
        else { return false }
        return term.span.atom(name) == "recording"
    }

    // MARK: Compressed bytes

    private func examineGzip(_ source: PeekableSource, depth: Int) throws -> Result {
        if !onlyTerms, source.head.count > 3, source.head[3] & 4 != 0, try isMember(source) { return ([], .recording) }
        return try examine(.gzip, source, depth: depth)
    }

    /// Whether a gzip member with extra fields is a recording's, which says so in one of them, or is cut or damaged before.
    private func isMember(_ source: PeekableSource) throws -> Bool {
        do {
            while true {
                let head = source.head
                if let header = try MemberHeader.parse(head.span, at: 0) {
                    return header.extraField(MemberFields.id) != nil
                }
                guard try source.peek(upTo: ContentProbe.mostBytes) else { return true }
            }
        } catch is GzipError {
            return true
        }
    }

    /// Tries what has no mark of its own, or a weak one.
    private func examineStream(
        _ source: PeekableSource, _ attempts: [UnknownContent.Attempt], depth: Int
    ) throws -> Result {
        var attempts = attempts
        let head = source.head
        let startsLikeZlib = head.count > 1 && head[0] & 0x8F == 8 && head.span.uint16(at: 0) % 31 == 0
        for compression in head.isEmpty ? [] : startsLikeZlib ? [.zlib, .deflate] : [Compression.deflate] {
            do {
                return try examine(compression, source, depth: depth)
            } catch let error as UnknownContent {
                attempts += error.attempts
            }
        }
        // A first frame that is cut begins with a term all the same.
        if framing == nil, head.count > 4, head[4] == Tag.version, !ContentProbe.isTooLong(head) {
            return ([], .terms(.packet4))
        }
        // What reads the terms says best what is wrong with them.
        if let framing { return ([], .terms(framing)) }
        throw UnknownContent(attempts: attempts)
    }

    /// Tells what bytes hold that may be compressed.
    private func examine(_ compression: Compression, _ source: PeekableSource, depth: Int) throws -> Result {
        guard depth < ContentProbe.deepest else {
            throw UnknownContent(attempts: [.init(name: compression.rawValue, reason: "compressed too many times")])
        }
        let lookahead = Lookahead(source, limit: ContentProbe.mostBytes)
        let inner = PeekableSource(try compression.unpacked(lookahead), keepsFailure: true)
        try inner.peek(upTo: ContentProbe.mostBytes)
        if let failure = inner.failure, inner.head.isEmpty {
            let reason = (failure as? ReelError)?.reason ?? "\(failure)"
            guard framing == nil || compression != .gzip else { return ([.gzip], .terms(framing ?? .terms)) }
            throw UnknownContent(attempts: [.init(name: compression.rawValue, reason: reason)])
        }
        let result: Result
        do {
            result = try examine(inner, depth: depth + 1)
        } catch let error as UnknownContent {
            throw UnknownContent(
                attempts: error.attempts.map { .init(name: "\(compression.rawValue) of \($0.name)", reason: $0.reason) }
            )
        }
        // Whether this is the gzip that belongs to what it holds.
        let isOwn =
            switch result.form {
            case .recording, .json: true
            case .phoenixReplay: inner.head.starts(with: [Tag.version, Tag.map])
            case .terms, .unknown: false
            }
        // Gzip in gzip is one too many for a recording, and for a document.
        let isTwice = inner.head.starts(with: ContentProbe.gzip)
        if compression == .gzip, result.compression.isEmpty, isOwn, !isTwice { return result }
        return ([compression] + result.compression, result.form)
    }
}

extension TermFraming {
    /// What people call it.
    package var name: String {
        switch self {
        case .terms: "terms"
        case .packet1, .packet2, .packet4: "terms with lengths of \(lengthByteCount) byte\(self == .packet1 ? "" : "s")"
        }
    }
}
