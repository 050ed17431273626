/// The parts of an address that may carry something sensitive, named as the fields of Elixir's `URI`.
enum AddressPart: String {
    case query, fragment, userinfo, authority, path
}

extension DefaultSanitizer {
    public func sanitize(url: String) throws -> String {
        let bytes = try sanitized(text: Array(url.utf8), isAddress: true)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A part of an address without what is sensitive.
    func sanitized(_ text: String, of part: AddressPart) throws -> String {
        let bytes = Array(text.utf8)
        var found: [Range<Int>] = []
        switch part {
        case .query, .fragment: found = try values(in: bytes, startsWithKey: true, isAddress: true)
        case .authority: found = userinfo(in: bytes, from: 0)
        case .userinfo: found = userinfo(in: bytes + [UInt8(ascii: "@")], from: 0)
        case .path: _ = pathTokens(in: bytes, from: 0, &found)
        }
        let kept = bytes.replacing(found, by: SanitizedValue.filtered)
        return String(decoding: try redactor.redact(kept) ?? kept, as: UTF8.self)
    }

    /// Where the addresses in text have sensitive values: those of keys, those in paths, and who signs in.
    ///
    /// - Parameters:
    ///   - isAddress: whether all of the text is one address, in which spaces end nothing.
    ///   - depth: how many addresses this one stands in.
    func secretsInAddresses(_ text: [UInt8], isAddress: Bool, depth: Int = 0) throws -> [Range<Int>] {
        var found = try values(in: text, startsWithKey: false, isAddress: isAddress, depth: depth)
        var position = 0
        var pathEnd = isAddress ? pathTokens(in: text, from: 0, &found) : 0
        while let authority = authority(in: text, from: position) {
            position = authority
            found += userinfo(in: text, from: position)
            if !isAddress, position > pathEnd { pathEnd = pathTokens(in: text, from: position, &found) }
        }
        return found
    }

    /// Where the next authority starts, right after `://`.
    private func authority(in text: [UInt8], from start: Int) -> Int? {
        // Not `firstRange(of:)`, which took a third of the time that sanitizing takes.
        var position = start
        while position + 2 < text.count {
            if text[position] == UInt8(ascii: ":"), text[position + 1] == UInt8(ascii: "/"),
                text[position + 2] == UInt8(ascii: "/")
            {
                return position + 3
            }
            position += 1
        }
        return nil
    }

    // MARK: Keys and values

    /// Whether a byte stands before a pair of a key and a value.
    private static func startsPair(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "?") || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";")
    }

    /// Where the values of sensitive keys stand, and those that have something sensitive in them.
    private func values(
        in text: [UInt8], startsWithKey: Bool, isAddress: Bool, depth: Int = 0
    ) throws -> [Range<Int>] {
        var values: [Range<Int>] = []
        var position = 0
        var isKey = startsWithKey
        // A value may hold others. Its end is looked for once, and it is decoded once.
        var valueEnd = -1
        var decodedEnd = 0
        while position < text.count {
            guard isKey else {
                isKey = DefaultSanitizer.startsPair(text[position])
                position += 1
                continue
            }
            let rest = text[position...]
            let end = rest.firstIndex {
                $0 == UInt8(ascii: "=") || DefaultSanitizer.startsPair($0) || !isAddress && $0.endsAddress
            }
            guard let end, text[end] == UInt8(ascii: "=") else {
                position = end ?? text.count
                isKey = false
                continue
            }
            position = end + 1
            isKey = false
            if valueEnd < position {
                let end = text[position...].firstIndex {
                    $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "#") || !isAddress && $0.endsAddress
                }
                valueEnd = end ?? text.count
            }
            if isSensitive(addressKey: DefaultSanitizer.decoded(rest[..<end])) {
                values.append(position..<valueEnd)
                position = valueEnd
            } else if decodedEnd < valueEnd {
                decodedEnd = valueEnd
                if try hasSecret(encoded: text[position..<valueEnd], depth: depth) {
                    values.append(position..<valueEnd)
                }
            }
        }
        return values
    }

    private func isSensitive(addressKey key: String) -> Bool {
        verdict(onKey: key, in: .params) == .filter || queryKeys.contains(key.lowercased())
    }

    /// Whether a value has something sensitive in it once it is decoded: an address of its own, a token.
    private func hasSecret(encoded value: ArraySlice<UInt8>, depth: Int) throws -> Bool {
        guard depth < 3, value.count < 8_192, value.contains(UInt8(ascii: "%")) else { return false }
        let text = Array(DefaultSanitizer.decoded(value).utf8)
        return try redactor.redact(text) != nil || !secretsInAddresses(text, isAddress: true, depth: depth + 1).isEmpty
            || !valuesAfterNames(in: text).isEmpty
    }

    /// A key or a value as it is meant, however often it has been encoded: `p%61ssword` and `p%2561ssword` are keys as well.
    static func decoded(_ key: ArraySlice<UInt8>) -> String {
        var bytes = Array(key)
        for round in 0..<3 where round == 0 || bytes.contains(UInt8(ascii: "%")) { bytes = decodedOnce(bytes[...]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func decodedOnce(_ key: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = key
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let high = rest[rest.startIndex].hexDigit,
                let low = rest[rest.startIndex + 1].hexDigit
            {
                bytes.append(high << 4 | low)
                rest.removeFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return bytes
    }

    // MARK: Who signs in

    /// Where the password of an authority stands that starts at `start`, or a user without one that is a token: none, or one range.
    private func userinfo(in text: [UInt8], from start: Int) -> [Range<Int>] {
        let authority = text[start...].prefix {
            $0 != UInt8(ascii: "/") && !DefaultSanitizer.startsPair($0) && !$0.endsAddress
        }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return [] }
        if let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":")) { return [colon + 1..<at] }
        return TokenLook(authority[..<at]).isLikely ? [start..<at] : []
    }

    // MARK: Paths

    /// Adds where tokens stand in the path that starts at `start` or after its authority: `/reset/TOKEN`. Returns where it ends.
    private func pathTokens(in text: [UInt8], from start: Int, _ found: inout [Range<Int>]) -> Int {
        let end =
            text[start...].firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") || $0.endsAddress }
            ?? text.count
        var before: Range<Int>?
        var position = start
        while position < end {
            let slash = text[position..<end].firstIndex(of: UInt8(ascii: "/")) ?? end
            let segment = position..<(text[position..<slash].firstIndex(of: UInt8(ascii: ";")) ?? slash)
            if let before, before.count < 40, !segment.isEmpty {
                let look = TokenLook(text[segment])
                if look.isLikely, lets(in: DefaultSanitizer.decoded(text[before]), look) { found.append(segment) }
            }
            before = segment
            position = slash + 1
        }
        return end
    }

    private func lets(in part: String, _ look: TokenLook) -> Bool {
        let letters = FoldedName(part).letters
        return DefaultSanitizer.letsIn.contains(letters) || names.contains(part)
            || look.isCertain && DefaultSanitizer.mayLetIn.contains(letters)
    }

    /// Parts of a path that a token follows which lets somebody in.
    private static let letsIn = Set(
        [
            "reset", "reset_password", "password_reset", "reset_passwords", "magic", "magic_link", "login", "log_in",
            "signin",
            "sign_in", "verify", "verification", "verify_email", "activate", "activation", "recover", "recovery",
            "unlock",
            "auth", "sso", "otp", "impersonate", "webhooks",
        ].map { FoldedName($0).letters })

    /// Parts of a path that a token may follow, and a number of an order as well.
    private static let mayLetIn = Set(
        [
            "confirm", "confirm_email", "confirmation", "email_confirmation", "invite", "invites", "invitation",
            "invitations",
            "accept", "join", "share", "shared", "unsubscribe",
        ].map { FoldedName($0).letters })
}

/// How much a word looks like a token: something random that is neither a word nor a number.
private struct TokenLook {
    /// Letters and digits, or letters of both cases in no word's order, or very long.
    let isLikely: Bool
    /// So long or so mixed that it is no number of an order either.
    let isCertain: Bool

    init(_ word: ArraySlice<UInt8>) {
        var (lower, upper, digits, changes) = (0, 0, 0, 0)
        var before: UInt8 = 0
        for byte in word {
            if byte.isASCIILetter { lower += 1 } else if (byte | 0x20).isASCIILetter { upper += 1 }
            if byte.isASCIIDigit { digits += 1 }
            if (byte | 0x20).isASCIILetter, byte & 0x20 == 0, before.isASCIILetter { changes += 1 }
            before = byte
        }
        let isFile = word.contains(UInt8(ascii: ".")) && word.count < 40
        let hasHyphen = word.contains(UInt8(ascii: "-"))
        isLikely =
            word.count >= 6 && !isFile
            && (lower + upper > 0 && digits > 1 || changes > 1 || word.count >= 24 && !hasHyphen)
        isCertain =
            isLikely
            && (changes > 1 && digits > 0 || word.count >= 16 && !hasHyphen && lower + upper > 0 && digits > 3
                || word.count == 36 && word.allSatisfy { $0.hexDigit != nil || $0 == UInt8(ascii: "-") })
    }
}

extension [UInt8] {
    /// The bytes with text in the place of some ranges. Where ranges overlap, one text stands for all of them.
    func replacing(_ ranges: [Range<Int>], by text: String) -> [UInt8] {
        guard !ranges.isEmpty else { return self }
        var result: [UInt8] = []
        var position = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound >= position {
                result += self[position..<range.lowerBound]
                result += text.utf8
            }
            position = Swift.max(position, range.upperBound)
        }
        return result + self[position...]
    }
}

extension UInt8 {
    /// Whether no address in the middle of other text goes on with this: white space, a quotation mark, an angle bracket.
    fileprivate var endsAddress: Bool {
        self <= 32 || self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") || self == UInt8(ascii: "<")
            || self == UInt8(ascii: ">")
    }

    /// The value of a hexadecimal digit.
    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
