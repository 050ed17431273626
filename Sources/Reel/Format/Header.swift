public import ExternalTerm

/// The first frame of a recording: what was recorded, where and when. Implements Spec/recording.md §6.1.
public struct Header: Hashable, Sendable {
    /// The version that the recording was written with.
    public var version: FormatVersion

    /// Everything the header says, unknown keys included. The keys are atoms.
    public var fields: TermMap

    /// Creates a header.
    public init(version: FormatVersion = .current, fields: TermMap) {
        self.version = version
        self.fields = fields
    }

    /// The recording's id, or nil when it has none that is text.
    public var id: String? { fields[atom: "id"]?.text }

    /// The view's module as Elixir prints it, or its name when it is a string.
    public var view: String? {
        switch fields[atom: "view"] {
        case .atom(.nil), nil: nil
        case .atom(let atom): atom.name.hasPrefix("Elixir.") ? String(atom.name.dropFirst(7)) : atom.name
        case let term?: term.text
        }
    }

    /// The address that the session started at.
    public var url: String? { fields[atom: "url"]?.text }

    /// When the session started, in milliseconds since 1970.
    public var connectedAt: Int? { fields[atom: "connected_at"]?.integer }
}

extension Header {
    /// The name of the header frame, and of no other.
    static let tag: Atom = "recording"

    var term: Term {
        .tuple([
            .atom(Header.tag), .tuple([.integer(Int(version.major)), .integer(Int(version.minor))]), .map(fields),
        ])
    }

    /// Checks that a header frame's term, whatever else it is, names no version that this reader does not know.
    static func checkVersion(of term: Term) throws(ReelError) {
        guard let elements = term.elements, elements.count >= 2 else { return }
        try FormatVersion(elements[1])?.checkReadable(offset: nil)
    }

    /// A key that no header has, since it is no atom, or nil.
    static func foreignKey(in fields: TermMap) -> Term? { fields.keys.first { $0.atom == nil } }

    /// Reads a header frame's term, or returns nil when it is none.
    init?(_ term: Term) {
        guard let elements = term.elements, elements.count >= 3, elements[0].atom == Header.tag,
            let version = FormatVersion(elements[1]), let fields = elements[2].map,
            Header.foreignKey(in: fields) == nil
        else { return nil }
        self.init(version: version, fields: fields)
    }
}

extension FormatVersion {
    /// Reads `{Major, Minor}`, or returns nil when the term is no version.
    fileprivate init?(_ term: Term) {
        guard let numbers = term.elements, numbers.count == 2,
            let major = numbers[0].integer.flatMap(UInt8.init(exactly:)),
            let minor = numbers[1].integer.flatMap(UInt8.init(exactly:))
        else { return nil }
        self.init(major: major, minor: minor)
    }
}
