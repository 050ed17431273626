import ExternalTerm
import GzipMembers

/// What is wrong with a recording: what, where, and what is still readable.
///
/// ```
/// truncated at byte 48120, member 3: the file ends inside a member (Spec/recording.md §4.1); 1204 events before it are readable
/// ```
public struct ReelError: Error, Hashable, Sendable {
    /// The kinds of error. The set is closed for a version of the format.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The input is no recording and nothing that can be read as one.
        case notARecording
        /// The recording has a major version that this reader does not know.
        case unsupportedVersion
        /// The input ends in the middle of something.
        case truncated
        /// A checksum does not match what it covers.
        case checksum
        /// A gzip member, or what its extra field declares, is malformed.
        case malformedMember
        /// A frame's length or content is not what the format allows.
        case malformedFrame
        /// A frame does not hold a valid term.
        case malformedTerm
        /// The index, or the end member, does not agree with the members.
        case malformedIndex
        /// Something follows the end of the recording.
        case trailingData
        /// The input asks for more than the reader's limits allow.
        case limitExceeded
        /// There is no such event.
        case noSuchEvent
        /// Reading or writing failed.
        case inputOutput
    }

    /// What is wrong.
    public var kind: Kind
    /// What was found, in words.
    public var reason: String
    /// Where in the file, in bytes; nil when no place can be named.
    public var offset: Int?
    /// The member, the first one being 0, when members are known.
    public var member: Int?
    /// How many events come before the error: the index of the first one that is not readable.
    public var event: Int?
    /// The section of `Spec/` that the rule stands in.
    public var section: String?

    /// Creates an error.
    public init(
        _ kind: Kind, _ reason: String, offset: Int? = nil, member: Int? = nil, event: Int? = nil,
        section: String? = nil
    ) {
        self.kind = kind
        self.reason = reason
        self.offset = offset
        self.member = member
        self.event = event
        self.section = section
    }
}

extension ReelError: CustomStringConvertible {
    public var description: String {
        var place = ""
        if let offset { place += " at byte \(offset)" }
        if let member { place += ", member \(member)" }
        let rule = section.map { " (Spec/\($0))" } ?? ""
        let readable = event.map { "; \($0) \($0 == 1 ? "event" : "events") before it readable" } ?? ""
        return "\(kind.rawValue)\(place): \(reason)\(rule)\(readable)"
    }
}

extension ReelError {
    /// The error with the offset of the member that it is about: Spec/recording.md §10.
    func ofMember(at offset: Int) -> ReelError {
        var error = self
        error.offset = offset
        return error
    }

    /// The error that says what `error`, from a lower room, means for a recording.
    init(wrapping error: any Error) {
        switch error {
        case let error as ReelError: self = error
        case let error as TermError:
            self.init(
                error.code == .limitExceeded ? .limitExceeded : .malformedTerm, error.reason, offset: error.offset,
                section: error.code == .limitExceeded ? "recording.md §9" : "terms.md §3")
        case let error as GzipError: self.init(error)
        default: self.init(.inputOutput, "\(error)")
        }
    }

    private init(_ error: GzipError) {
        let kind: Kind =
            switch error.code {
            // Where a member should follow another one, something else does.
            case .notGzip: error.offset == 0 ? .notARecording : .trailingData
            case .headerChecksum, .contentChecksum: .checksum
            case .truncated: .truncated
            case .trailingData: .trailingData
            case .limitExceeded: .limitExceeded
            default: .malformedMember
            }
        self.init(kind, error.reason, offset: error.offset, section: "recording.md §4.1")
    }
}
