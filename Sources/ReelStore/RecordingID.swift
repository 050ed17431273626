/// What a store calls a recording: 1 to 64 of the characters `A-Z`, `a-z`, `0-9`, `_` and `-`.
///
/// Nothing else reaches a path or a database, so a recording named `../x` cannot be asked for in the first place. The ids that
/// PhoenixReplay gives its recordings have this form.
public struct RecordingID: Hashable, Sendable {
    /// The id itself.
    public let text: String

    /// The most characters of an id.
    public static let mostCharacters = 64

    /// Checks an id.
    ///
    /// - Throws: ``StoreError`` of the kind ``StoreError/Kind/invalidID``.
    public init(_ text: some StringProtocol) throws(StoreError) {
        guard RecordingID.isValid(text) else { throw StoreError(.invalidID, RecordingID.rule(broken: String(text))) }
        self.text = String(text)
    }

    /// Makes an id of what may not be one, or returns nil.
    public init?(validating text: some StringProtocol) {
        guard RecordingID.isValid(text) else { return nil }
        self.text = String(text)
    }

    /// A new id that no other recording has: 128 random bits.
    public static func random() -> RecordingID {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        return RecordingID(known: String((0..<22).map { _ in alphabet[Int.random(in: 0..<64)] }))
    }

    /// An id that has been checked already.
    package init(known text: String) { self.text = text }

    /// Whether `text` is an id, or nothing more than the start of one.
    static func isValid(_ text: some StringProtocol) -> Bool {
        // Not counted first: what comes from outside may have any length.
        var count = 0
        for byte in text.utf8 {
            count += 1
            guard count <= mostCharacters else { return false }
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return count > 0
    }

    static func rule(broken text: String) -> String {
        let shown = text.unicodeScalars.prefix(80).map { $0.isASCII && $0.value > 31 ? String($0) : "?" }.joined()
        return "'\(shown)\(text.unicodeScalars.count > 80 ? "..." : "")' is no id:"
            + " an id is 1 to 64 of the characters A-Z, a-z, 0-9, _ and -"
    }
}

extension RecordingID: Comparable {
    /// Orders by the bytes, as every store does.
    public static func < (left: RecordingID, right: RecordingID) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension RecordingID: CustomStringConvertible {
    public var description: String { text }
}

extension RecordingID {
    /// A number from 0 to 65,535 that depends on the id alone, now and in every later version: FNV-1a, folded.
    package var bucket: Int {
        var hash: UInt32 = 2_166_136_261
        for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int((hash >> 16 ^ hash) & 0xFFFF)
    }
}
