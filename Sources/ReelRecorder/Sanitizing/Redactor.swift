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

    /// Card numbers, tokens, keys of services, private keys, and numbers of accounts: what hardly anything else looks like, and no
    /// page has to show.
    ///
    /// E-mail addresses are not among them: people who look at a recording mostly want to know whose it is.
    public static let standard = Redactor([
        .cardNumbers, .bearerTokens, .accessKeys, .privateKeys, .bankAccounts, .socialSecurityNumbers,
    ])

    /// Whether nothing is looked for.
    public var isEmpty: Bool { patterns.isEmpty }

    /// Text without what the patterns find.
    public func redact(_ text: String) throws -> String {
        try redact(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// The bytes of text without what the patterns find, or nil when they find nothing.
    func redact(_ text: [UInt8]) throws -> [UInt8]? {
        var found: [Range<Int>] = []
        // Most text has few digits, and most patterns need some.
        let digitCount = text.count(where: { $0.mayBeDigit })
        for pattern in patterns where text.count >= pattern.shortest && digitCount >= pattern.fewestDigits {
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
    /// The fewest bytes that it takes, and how many of them are digits at the least.
    let shortest: Int
    var fewestDigits = 0
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

    private init(
        shortest: Int, fewestDigits: Int, find: @escaping @Sendable (Span<UInt8>) throws -> [Range<Int>]
    ) {
        self.init(shortest: shortest, find: find)
        self.fewestDigits = fewestDigits
    }
}

extension UInt8 {
    /// Whether this is a digit of ASCII, or a byte that each digit of another script has one of.
    fileprivate var mayBeDigit: Bool { isASCIIDigit || self >= 0xD9 }
}

/// A template that says nothing, or the same as another one.
public struct TextTemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String
}

extension TextPattern {
    /// Numbers of payment cards: 12 to 19 digits that start as an issuer's do, are as many as its numbers have, and keep Luhn's
    /// rule. One or two spaces, hyphens, full stops and the like may stand between groups of digits.
    public static let cardNumbers = TextPattern(shortest: 12, fewestDigits: 12) { CardNumbers.ranges(in: $0) }

    /// E-mail addresses.
    public static let emailAddresses = TextPattern(shortest: 6) { EmailAddresses.ranges(in: $0) }

    /// What follows `Bearer` when it looks like a token, and `Basic` when it is a name and a password, and JSON Web Tokens and
    /// those of Phoenix wherever they stand.
    public static let bearerTokens = TextPattern(shortest: 13) { BearerTokens.ranges(in: $0) }

    /// Keys that services give to programs: Amazon's, GitHub's, GitLab's, Slack's, Stripe's, Google's and others that start as no
    /// word does, and Amazon's secrets.
    public static let accessKeys = TextPattern(shortest: 14, fewestDigits: 1) { AccessKeys.ranges(in: $0) }

    /// Private keys in the form of PEM.
    public static let privateKeys = TextPattern(shortest: 22) { PrivateKeys.ranges(in: $0) }

    /// International bank account numbers whose checksum is right.
    public static let bankAccounts = TextPattern(shortest: 15, fewestDigits: 2) { BankAccounts.ranges(in: $0) }

    /// Social security numbers of the United States, with hyphens.
    public static let socialSecurityNumbers = TextPattern(shortest: 11, fewestDigits: 9) {
        SocialSecurityNumbers.ranges(in: $0)
    }

    /// What looks like `text`, in which `#` is a digit, `?` a letter or a digit, `*` one to 256 letters, digits, `-` or `_`,
    /// `\` takes the meaning from the next character, and all else stands for itself; letters of ASCII in upper or lower case.
    ///
    /// - Throws: ``TextTemplateError`` when it starts with `*`, is empty, or ends with `\`.
    public static func template(_ text: String) throws(TextTemplateError) -> TextPattern {
        let template = try TextTemplate(text)
        return TextPattern(shortest: template.parts.count) { template.ranges(in: $0) }
    }
}
