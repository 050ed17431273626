/// Finds in text what is sensitive by its looks, and replaces it by ``SanitizedValue/redacted``.
///
/// ```swift
/// let redactor = Redactor([.cardNumbers, .bearerTokens, try .template("sk_live_*")])
/// ```
///
/// It takes time linear in the length of the text, whatever the text is.
public struct Redactor: Sendable {
    /// What is looked for.
    public let patterns: [TextPattern]

    /// Creates a redactor.
    public init(_ patterns: [TextPattern]) { self.patterns = patterns }

    /// The redactor that leaves everything as it is.
    public static let none = Redactor([])

    /// Card numbers and bearer tokens: what hardly anything else looks like, and no page has to show.
    ///
    /// E-mail addresses are not among them: people who look at a recording mostly want to know whose it is.
    public static let standard = Redactor([.cardNumbers, .bearerTokens])

    /// Whether nothing is looked for.
    public var isEmpty: Bool { patterns.isEmpty }

    /// Text without what the patterns find.
    public func redact(_ text: String) throws -> String {
        try redact(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// The bytes of text without what the patterns find, or nil when they find nothing.
    func redact(_ text: [UInt8]) throws -> [UInt8]? {
        var found: [Range<Int>] = []
        for pattern in patterns where text.count >= pattern.shortest {
            for range in try pattern.find(text.span) {
                found.append(range.clamped(to: 0..<text.count).trimmedToCharacters(of: text))
            }
        }
        return found.isEmpty ? nil : text.replacing(found, by: SanitizedValue.redacted)
    }
}

extension Range<Int> {
    /// The range widened to whole characters of UTF-8.
    fileprivate func trimmedToCharacters(of text: [UInt8]) -> Range {
        var (start, end) = (lowerBound, upperBound)
        while start > 0, start < text.count, text[start] & 0xC0 == 0x80 { start -= 1 }
        while end > start, end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return start..<end
    }
}

/// Something that a ``Redactor`` looks for in text.
public struct TextPattern: Sendable {
    /// The fewest bytes that it takes.
    let shortest: Int
    let find: @Sendable (Span<UInt8>) throws -> [Range<Int>]

    /// Creates a pattern.
    ///
    /// - Parameters:
    ///   - shortest: the fewest bytes that a match has; shorter text is not looked at.
    ///   - find: says where in the bytes of UTF-8 the matches are, in any order. It should take linear time. When it throws,
    ///     the whole value is replaced by ``SanitizedValue/failed``.
    public init(shortest: Int = 1, find: @escaping @Sendable (Span<UInt8>) throws -> [Range<Int>]) {
        self.shortest = shortest
        self.find = find
    }
}

/// A template that says nothing, or the same as another one.
public struct TextTemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String
}

extension TextPattern {
    /// Numbers of payment cards: 13 to 19 digits, single spaces or hyphens between them, that start with 2 to 6 and keep Luhn's rule.
    ///
    /// One of 13 digits has to start with 4. What starts with 1, such as milliseconds since 1970, is none.
    public static let cardNumbers = TextPattern(shortest: 13) { CardNumbers.ranges(in: $0) }

    /// E-mail addresses.
    public static let emailAddresses = TextPattern(shortest: 6) { EmailAddresses.ranges(in: $0) }

    /// What follows `Bearer` when it looks like a token, and JSON Web Tokens wherever they stand.
    public static let bearerTokens = TextPattern(shortest: 13) { BearerTokens.ranges(in: $0) }

    /// What looks like `text`, in which `#` is a digit, `?` a letter or a digit, `*` one to 256 letters, digits, `-` or `_`,
    /// `\` takes the meaning from the next character, and all else stands for itself; letters of ASCII in upper or lower case.
    ///
    /// - Throws: ``TextTemplateError`` when it starts with `*`, is empty, or ends with `\`.
    public static func template(_ text: String) throws(TextTemplateError) -> TextPattern {
        let template = try TextTemplate(text)
        return TextPattern(shortest: template.parts.count) { template.ranges(in: $0) }
    }
}
