/// A text with its escapes replaced by what they stand for, and where each byte of it comes from.
struct TextView {
    private(set) var bytes: [UInt8]
    /// Where each byte, and the end, stand in the text; nil when nothing has been replaced.
    private var origins: [Int]?

    init(_ text: [UInt8]) { bytes = text }

    /// Where what stands at a position stands in the text.
    func origin(_ position: Int) -> Int { origins?[position] ?? position }

    /// The text in each way in which a page may mean it: as it is, with entities, and in JSON or percent-encoded in these.
    var all: [TextView] {
        var views = [self]
        var html = self
        // What is in a document in an attribute is escaped twice.
        for _ in 0..<2 where html.bytes.contains(UInt8(ascii: "&")) {
            html = html.withoutEntities()
            views.append(html)
        }
        for view in views where view.bytes.contains(UInt8(ascii: "\\")) { views.append(view.withoutBackslashes()) }
        for view in views where view.bytes.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) {
            views.append(view.withoutPercents())
        }
        for view in views.dropFirst() where view.bytes.contains(UInt8(ascii: "\\")) {
            views.append(view.withoutBackslashes())
        }
        return views
    }

    /// Replaces each escape that starts with one of some bytes.
    ///
    /// - Parameter escape: what an escape at a position stands for, and how many bytes it takes; nil when it is none.
    private func replacing(
        _ starts: UInt8..., escape: (ArraySlice<UInt8>) -> (bytes: [UInt8], count: Int)?
    ) -> TextView {
        var view = TextView([])
        var origins: [Int] = []
        view.bytes.reserveCapacity(bytes.count)
        origins.reserveCapacity(bytes.count + 1)
        var position = 0
        while position < bytes.count {
            if starts.contains(bytes[position]), let (found, count) = escape(bytes[position...]) {
                for byte in found {
                    view.bytes.append(byte)
                    origins.append(origin(position))
                }
                position += count
            } else {
                view.bytes.append(bytes[position])
                origins.append(origin(position))
                position += 1
            }
        }
        origins.append(origin(bytes.count))
        view.origins = origins
        return view
    }

    // MARK: Entities

    private static let entities: [(name: [UInt8], text: String)] = [
        ("amp;", "&"), ("lt;", "<"), ("gt;", ">"), ("quot;", "\""), ("apos;", "'"), ("nbsp;", "\u{A0}"),
    ].map { (Array($0.0.utf8), $0.1) }

    func withoutEntities() -> TextView {
        replacing(UInt8(ascii: "&")) { rest in
            let name = rest.dropFirst()
            if let entity = TextView.entities.first(where: { name.starts(with: $0.name) }) {
                return (Array(entity.text.utf8), 1 + entity.name.count)
            }
            guard name.first == UInt8(ascii: "#") else { return nil }
            let isHexadecimal = name.dropFirst().first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
            let digits = name.dropFirst(isHexadecimal ? 2 : 1).prefix(8).prefix { $0.isASCIIHexDigit }
            let end = digits.endIndex
            guard end < rest.endIndex, rest[end] == UInt8(ascii: ";"),
                let scalar = TextView.scalar(digits, radix: isHexadecimal ? 16 : 10)
            else { return nil }
            return (Array(String(scalar).utf8), end + 1 - rest.startIndex)
        }
    }

    private static func scalar(_ digits: ArraySlice<UInt8>, radix: Int) -> Unicode.Scalar? {
        UInt32(String(decoding: digits, as: UTF8.self), radix: radix).flatMap(Unicode.Scalar.init)
    }

    // MARK: Addresses

    func withoutPercents() -> TextView {
        replacing(UInt8(ascii: "%"), UInt8(ascii: "+")) { rest in
            if rest.first == UInt8(ascii: "+") { return ([0x20], 1) }
            let digits = rest.dropFirst().prefix(2)
            guard digits.count == 2, digits.allSatisfy(\.isASCIIHexDigit),
                let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            return ([byte], 3)
        }
    }

    // MARK: JSON

    private static let escapes: [UInt8: UInt8] = [
        0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9, 0x22: 0x22, 0x27: 0x27, 0x2F: 0x2F, 0x5C: 0x5C,
    ]

    func withoutBackslashes() -> TextView {
        replacing(UInt8(ascii: "\\")) { rest in
            guard let kind = rest.dropFirst().first else { return nil }
            if let byte = TextView.escapes[kind] { return ([byte], 2) }
            guard kind == UInt8(ascii: "u"), let high = TextView.codeUnit(rest.dropFirst(2)) else { return nil }
            if let scalar = Unicode.Scalar(high) { return (Array(String(scalar).utf8), 6) }
            let next = rest.dropFirst(6)
            guard next.starts(with: "\\u".utf8), let low = TextView.codeUnit(next.dropFirst(2)),
                UTF16.isLeadSurrogate(UInt16(high)), UTF16.isTrailSurrogate(UInt16(low))
            else { return nil }
            return (Array(String(decoding: [UInt16(high), UInt16(low)], as: UTF16.self).utf8), 12)
        }
    }

    private static func codeUnit(_ text: ArraySlice<UInt8>) -> UInt32? {
        let digits = text.prefix(4)
        guard digits.count == 4, digits.allSatisfy(\.isASCIIHexDigit) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}

extension UInt8 {
    fileprivate var isASCIIHexDigit: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
