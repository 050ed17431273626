public import ExternalTerm

/// What bytes are, told by the bytes themselves. Implements Spec/terms.md §9.
public struct Content {
    /// What bytes may be.
    public enum Form: Hashable, Sendable {
        /// A recording, in its own gzip or without.
        case recording
        /// A file of PhoenixReplay's, in its own gzip or without; or, when its first term is too long to tell, any map.
        case phoenixReplay
        /// Text that starts like an object in JSON, in gzip or without.
        case json
        /// Terms, one or more.
        case terms(TermFraming)
        /// Nothing that is known here.
        case unknown(UnknownContent)
    }

    /// What they are.
    public let form: Form
    /// What they have to be unpacked of to be that, the outermost first.
    public let compression: [Compression]
    /// The bytes, unpacked.
    public let source: any ByteSource

    /// Looks at the first bytes of a source, no more of them than it takes to tell.
    ///
    /// - Throws: what the source throws.
    public init(of source: any ByteSource) throws {
        try self.init(source, ContentProbe(framing: nil, onlyTerms: false))
    }

    /// Looks at the first bytes of a source of terms: how they stand, and what they are compressed with.
    ///
    /// - Parameter framing: how the terms stand, when that is known.
    /// - Throws: what the source throws.
    public init(ofTerms source: any ByteSource, framing: TermFraming? = nil) throws {
        try self.init(source, ContentProbe(framing: framing, onlyTerms: true))
    }

    private init(_ source: any ByteSource, _ probe: ContentProbe) throws {
        let peekable = PeekableSource(source)
        do {
            (compression, form) = try probe.examine(peekable)
        } catch let error as UnknownContent {
            (compression, form) = ([], .unknown(error))
        }
        self.source = try compression.reduce(peekable as any ByteSource) { source, compression in
            try compression.unpacked(source)
        }
    }
}

/// Why bytes are nothing that is known here.
public struct UnknownContent: Error, Hashable, Sendable {
    /// What has been tried, and why it was not that.
    public var attempts: [Attempt]

    /// Creates an error.
    public init(attempts: [Attempt]) { self.attempts = attempts }

    /// Something that bytes may be, and are not.
    public struct Attempt: Hashable, Sendable {
        /// What was tried.
        public var name: String
        /// What was found instead, and where.
        public var reason: String
    }

    /// Whether the bytes start like gzip.
    public var isGzip: Bool { attempts.contains { $0.name.hasPrefix(Compression.gzip.rawValue) } }
}

extension UnknownContent: CustomStringConvertible {
    public var description: String { attempts.map { "\($0.name): \($0.reason)" }.joined(separator: "; ") }
}
