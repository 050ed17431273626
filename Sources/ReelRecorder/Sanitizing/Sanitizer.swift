public import ExternalTerm

/// Decides what of a session may be recorded.
///
/// What the recorder is given goes through its sanitizer before anything else: what is recorded, watched and stored is what the
/// sanitizer has made of it. When it throws, the value is replaced by ``SanitizedValue/failed``, never passed.
public protocol Sanitizer: Sendable {
    /// What becomes of the value that stands under a key.
    ///
    /// The recorder remembers the answer and asks again for values that are text by themselves only when it has forgotten it: the
    /// same key has to have the same verdict each time.
    func verdict(onKey key: String, in part: RecordedPart) -> SanitizerVerdict

    /// The term as it may be recorded, at every depth. Keys are looked at, and text when text is redacted.
    func sanitize(_ term: Term, in part: RecordedPart) throws -> Term

    /// An address as it may be recorded, its query string above all.
    func sanitize(url: String) throws -> String

    /// Whether ``sanitize(_:in:)`` has to see all text whose key has been kept: by default false. Text with a `=` or a
    /// `:` in it, which may be an address, it sees in any case.
    var redactsText: Bool { get }
}

extension Sanitizer {
    public var redactsText: Bool { false }
}

/// What becomes of the value under a key.
public enum SanitizerVerdict: UInt8, Hashable, Sendable {
    /// It is recorded.
    case keep
    /// ``SanitizedValue/filtered`` is recorded in its place.
    case filter
    /// Neither the key nor the value is recorded.
    case remove
    /// It depends on what stands beside it: ``Sanitizer/sanitize(_:in:)`` decides, which sees both.
    case depends
}

/// Where a value stands that is recorded.
public enum RecordedPart: UInt8, Hashable, Sendable, CaseIterable {
    /// The assigns of a view or a component.
    case assigns
    /// The parameters of a mount, an event or a navigation.
    case params
    /// The session of the mount.
    case session
    /// The payload of an event of another kind. What stands in it under the keys that Spec/registry.md §2 has for assigns and
    /// parameters is such.
    case payload
}

/// What stands in the place of values that are not recorded.
public enum SanitizedValue {
    /// In the place of a sensitive value.
    public static let filtered = "[FILTERED]"
    /// In the place of what a ``Redactor`` has found inside text.
    public static let redacted = "[REDACTED]"
    /// In the place of a value that the sanitizer has failed on.
    public static let failed = "[UNSANITIZED]"
    /// In the place of a value that has no term, such as an infinite number.
    public static let unencodable = "[UNENCODABLE]"
}
