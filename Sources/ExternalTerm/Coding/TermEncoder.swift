/// Encodes values of `Encodable` types as terms.
///
/// ```swift
/// struct Upload: Encodable {
///     var name: String
///     var size: Int?
///     var done: Bool
/// }
///
/// let term = try TermEncoder().encode(Upload(name: "a.png", size: nil, done: true))
/// print(term.elixirText)  // %{done: true, name: "a.png"}
/// ```
///
/// | Swift | term |
/// | --- | --- |
/// | keyed container: a struct, a class, an enum with associated values | map, its keys atoms |
/// | dictionary by `String`, by `Int` | map, its keys binaries, integers |
/// | unkeyed container: an array, a set | list |
/// | `String` | binary |
/// | `Bool` | `true`, `false` |
/// | `nil` | `nil` |
/// | integers, also of 128 bits | integer |
/// | `Double`, `Float` | float |
/// | ``Atom``, ``Binary``, ``BigInteger``, ``TermMap``, ``Term`` | what they are |
///
/// An array of `UInt8` is a list, as `Codable` has it; wrap it in ``Binary`` to have a binary. There are no tuples
/// in `Codable`: have a property of type ``Term`` where one is wanted.
public struct TermEncoder: Sendable {
    /// What the keys of maps are.
    public enum KeyForm: Hashable, Sendable {
        /// Atoms. A key of more than 255 characters is an error.
        case atom
        /// Binaries.
        case binary
    }

    /// What the keys of keyed containers are: by default atoms.
    public var keyForm = KeyForm.atom

    /// What the keys of dictionaries by `String` are: by default binaries.
    ///
    /// A type has a few keys, which its source names. A dictionary's come from anywhere, and a node never forgets an
    /// atom.
    public var dictionaryKeyForm = KeyForm.binary

    /// What `encode(to:)` finds in its encoder's `userInfo`.
    public var userInfo: [CodingUserInfoKey: any Sendable] = [:]

    /// Creates an encoder.
    public init() {}

    /// The term that `value` encodes itself as.
    ///
    /// - Throws: `EncodingError.invalidValue` for a float that is not finite and a key that is too long for an atom, with
    ///   the coding path; and whatever `value` throws.
    public func encode(_ value: some Encodable) throws -> Term {
        try EncodingScope(self, path: []).term(of: value)
    }

    /// The canonical external form, with its leading 131, of the term that `value` encodes itself as.
    ///
    /// - Throws: what ``encode(_:)`` throws.
    public func encodeToBytes(_ value: some Encodable) throws -> [UInt8] {
        try encode(value).external
    }
}
