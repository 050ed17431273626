/// The parts of an address that may carry something sensitive, named as the fields of Elixir's `URI`.
enum AddressPart: String {
    case query, fragment, userinfo, authority
}

extension DefaultSanitizer {
    public func sanitize(url: String) throws -> String {
        let bytes = sanitized(addressesIn: Array(url.utf8), isAddress: true)
        return String(decoding: try redactor.redact(bytes) ?? bytes, as: UTF8.self)
    }

    /// A part of an address without what is sensitive.
    func sanitized(_ text: String, of part: AddressPart) -> String {
        let bytes = Array(text.utf8)
        let sanitized =
            switch part {
            case .query, .fragment: replacing(values(in: bytes, startsWithKey: true, isAddress: true), of: bytes)
            case .authority: replacing(passwords(in: bytes, from: 0), of: bytes)
            case .userinfo: replacing(passwords(in: bytes + [UInt8(ascii: "@")], from: 0), of: bytes)
            }
        return String(decoding: sanitized, as: UTF8.self)
    }

    /// Text in which the addresses have lost the values of sensitive keys, and passwords.
    ///
    /// - Parameter isAddress: whether all of the text is one address, in which spaces end nothing.
    func sanitized(addressesIn text: [UInt8], isAddress: Bool = false) -> [UInt8] {
        guard text.contains(where: { Mark($0) != nil }) else { return text }
        var found = values(in: text, startsWithKey: false, isAddress: isAddress)
        var position = 0
        while let authority = authority(in: text, from: position) {
            found += passwords(in: text, from: authority)
            position = authority
        }
        return replacing(found, of: text)
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

    /// What stands before a pair of a key and a value, or an authority.
    private enum Mark {
        case pair, authority

        init?(_ byte: UInt8) {
            switch byte {
            case UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: "#"), UInt8(ascii: ";"): self = .pair
            case UInt8(ascii: ":"): self = .authority
            default: return nil
            }
        }
    }

    /// Where the values of sensitive keys stand.
    private func values(in text: [UInt8], startsWithKey: Bool, isAddress: Bool) -> [Range<Int>] {
        var values: [Range<Int>] = []
        var position = 0
        var isKey = startsWithKey
        while position < text.count {
            guard isKey else {
                isKey = Mark(text[position]) == .pair
                position += 1
                continue
            }
            let rest = text[position...]
            let end = rest.firstIndex { $0 == UInt8(ascii: "=") || Mark($0) == .pair || !isAddress && $0.endsAddress }
            guard let end, text[end] == UInt8(ascii: "=") else {
                position = end ?? text.count
                isKey = false
                continue
            }
            position = end + 1
            isKey = false
            guard verdict(onKey: DefaultSanitizer.decoded(rest[..<end]), in: .params) != .keep else { continue }
            let valueEnd = text[position...].firstIndex {
                $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "#") || !isAddress && $0.endsAddress
            }
            values.append(position..<(valueEnd ?? text.count))
            position = valueEnd ?? text.count
        }
        return values
    }

    /// Where the password of an authority stands that starts at `start`: none, or one range.
    private func passwords(in text: [UInt8], from start: Int) -> [Range<Int>] {
        let authority = text[start...].prefix { $0 != UInt8(ascii: "/") && Mark($0) != .pair && !$0.endsAddress }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")),
            let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":"))
        else { return [] }
        return [colon + 1..<at]
    }

    private func replacing(_ ranges: [Range<Int>], of text: [UInt8]) -> [UInt8] {
        text.replacing(ranges, by: SanitizedValue.filtered)
    }

    /// A key as it is meant: `p%61ssword` is one as well.
    private static func decoded(_ key: ArraySlice<UInt8>) -> String {
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
        return String(decoding: bytes, as: UTF8.self)
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
