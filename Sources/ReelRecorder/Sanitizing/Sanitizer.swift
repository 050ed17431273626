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

    /// Whether ``redact(_:)`` has to see each text that is recorded.
    var redactsText: Bool { get }

    /// Text as it may be recorded, whatever key it stands under. It stays what it is unless told otherwise.
    func redact(_ text: String) throws -> String
}

extension Sanitizer {
    public var redactsText: Bool { false }

    public func redact(_ text: String) throws -> String { text }
}

/// What becomes of the value under a key.
public enum SanitizerVerdict: UInt8, Hashable, Sendable {
    /// It is recorded.
    case keep
    /// ``SanitizedValue/filtered`` is recorded in its place.
    case filter
    /// Neither the key nor the value is recorded.
    case remove
}

/// Where a value stands that is recorded.
public enum RecordedPart: UInt8, Hashable, Sendable, CaseIterable {
    /// The assigns of a view or a component.
    case assigns
    /// The parameters of a mount, an event or a navigation.
    case params
    /// The session of the mount.
    case session
    /// The payload of an event of another kind.
    case payload
}

/// What stands in the place of values that are not recorded.
public enum SanitizedValue {
    /// In the place of a sensitive value.
    public static let filtered = "[FILTERED]"
    /// In the place of a value that the sanitizer has failed on.
    public static let failed = "[UNSANITIZED]"
    /// In the place of a value that has no term, such as an infinite number.
    public static let unencodable = "[UNENCODABLE]"
}

/// Removes what is the framework's own, and filters what is sensitive by its name.
public struct DefaultSanitizer: Sanitizer {
    /// Creates a sanitizer.
    public init() {}

    public func verdict(onKey key: String, in part: RecordedPart) -> SanitizerVerdict {
        if part == .assigns, DefaultSanitizer.internalKeys.contains(key) { return .remove }
        let lowercased = key.lowercased()
        return DefaultSanitizer.sensitiveWords.contains { lowercased.contains($0) } ? .filter : .keep
    }

    static let internalKeys: Set<String> = [
        "__changed__", "flash", "uploads", "streams", "_replay_id", "_replay_t0",
    ]
    static let sensitiveWords = ["password", "token", "secret", "api_key", "private_key", "credential"]

    public func sanitize(_ term: Term, in part: RecordedPart) throws -> Term {
        switch term {
        case .map(let map):
            var pairs: [TermMap.Pair] = []
            for pair in map.pairs {
                switch verdict(on: pair.key, in: part) {
                case .keep: pairs.append(TermMap.Pair(pair.key, try sanitize(pair.value, in: part)))
                case .filter: pairs.append(TermMap.Pair(pair.key, .string(SanitizedValue.filtered)))
                case .remove: break
                }
            }
            return .map(TermMap(pairs))
        case .list(let elements): return .list(try elements.compactMap { try element($0, in: part) })
        case .improperList(let elements, let tail):
            return .list(try elements.compactMap { try element($0, in: part) }, tail: try sanitize(tail, in: part))
        case .tuple(let elements):
            return .tuple(try elements.map { try sanitize($0, in: part) })
        default: return term
        }
    }

    /// An element of a list, which may be a pair of a keyword list.
    private func element(_ term: Term, in part: RecordedPart) throws -> Term? {
        guard let pair = term.elements, pair.count == 2, pair[0].atom != nil else {
            return try sanitize(term, in: part)
        }
        switch verdict(on: pair[0], in: part) {
        case .keep: return .tuple([pair[0], try sanitize(pair[1], in: part)])
        case .filter: return .tuple([pair[0], .string(SanitizedValue.filtered)])
        case .remove: return nil
        }
    }

    private func verdict(on key: Term, in part: RecordedPart) -> SanitizerVerdict {
        (key.atom?.name ?? key.text).map { verdict(onKey: $0, in: part) } ?? .keep
    }

    public func sanitize(url: String) throws -> String {
        guard let start = url.firstIndex(of: "?") else { return url }
        let end = url[start...].firstIndex(of: "#") ?? url.endIndex
        let pairs = url[url.index(after: start)..<end].split(separator: "&", omittingEmptySubsequences: false)
        let kept = pairs.map { pair in
            guard let equals = pair.firstIndex(of: "="), verdict(onKey: String(pair[..<equals]), in: .params) != .keep
            else { return pair }
            return pair[...equals] + SanitizedValue.filtered
        }
        return url[...start] + kept.joined(separator: "&") + url[end...]
    }
}
