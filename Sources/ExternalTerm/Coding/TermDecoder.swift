/// Decodes values of `Decodable` types from terms.
///
/// ```swift
/// struct Upload: Decodable {
///     var name: String
///     var size: Int?
/// }
///
/// // From %{name: "a.png", size: nil}, or from %{"name" => "a.png"}.
/// let upload = try TermDecoder().decode(Upload.self, from: term)
/// ```
///
/// It takes what ``TermEncoder`` gives, and what Elixir is likely to have in its place:
///
/// | Swift | term |
/// | --- | --- |
/// | keyed container | map; a key is looked for as an atom, a binary and (where it has a number) an integer, in turn |
/// | unkeyed container | list or tuple |
/// | `String` | binary that is UTF-8, or atom but `nil` |
/// | `Bool` | `true`, `false` |
/// | `nil` | `nil` |
/// | integers, also of 128 bits | integer that fits |
/// | `Double`, `Float` | float, or integer that the type holds exactly |
/// | ``Atom``, ``Binary``, ``BigInteger``, ``TermMap``, ``Term`` | what they are |
///
/// Keys of a map that the type does not ask for are passed over.
public struct TermDecoder: Sendable {
    /// What bytes may ask of ``decode(_:from:)-([UInt8],_)``.
    public var limits = TermLimits.default

    /// What `init(from:)` finds in its decoder's `userInfo`.
    public var userInfo: [CodingUserInfoKey: any Sendable] = [:]

    /// Creates a decoder.
    public init() {}

    /// The value that `term` holds.
    ///
    /// - Throws: `DecodingError` with the whole coding path when the term is not what the type asks for; and whatever
    ///   the type throws.
    public func decode<Value: Decodable>(_ type: Value.Type, from term: Term) throws -> Value {
        try Value(from: TermValueDecoder(term: term, codingPath: [], userInfo: userInfo))
    }

    /// The value that a term of the External Term Format holds, with its leading 131.
    ///
    /// - Throws: `DecodingError.dataCorrupted` with the ``TermError`` that it comes from when the bytes are no term; and
    ///   what ``decode(_:from:)-(Term,_)`` throws.
    public func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let term: Term
        do throws(TermError) {
            term = try Term(external: bytes, limits: limits)
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: [], debugDescription: "The bytes are no term: \(error).", underlyingError: error))
        }
        return try decode(type, from: term)
    }
}
