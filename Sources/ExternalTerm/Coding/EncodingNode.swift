/// What has been encoded at one place so far: shared by the containers that encode into it.
final class EncodingNode {
    /// A part of the place: complete, or one that a nested container or a super encoder still adds to.
    enum Part {
        case term(Term)
        case node(EncodingNode)

        func term() throws -> Term {
            switch self {
            case .term(let term): term
            case .node(let node): try node.term()
            }
        }
    }

    enum Content {
        case nothing
        case single(Term)
        case list([Part])
        case map([(key: Term, value: Part)])
    }

    private(set) var content = Content.nothing
    /// What went wrong where nothing could be thrown.
    private var failure: EncodingError?

    /// The term that all of it adds up to. Where nothing was encoded, that is an empty map, as of a type without
    /// properties.
    func term() throws -> Term {
        if let failure { throw failure }
        switch content {
        case .nothing: return .map([:])
        case .single(let term): return term
        case .list(let parts): return .list(try parts.map { try $0.term() })
        case .map(let parts): return .map(TermMap(try parts.map { TermMap.Pair($0.key, try $0.value.term()) }))
        }
    }

    func fail(_ failure: EncodingError) { self.failure = self.failure ?? failure }

    func set(_ term: Term, path: [any CodingKey]) {
        guard case .nothing = content else { return failMixed(path) }
        content = .single(term)
    }

    func openList(path: [any CodingKey]) {
        switch content {
        case .nothing: content = .list([])
        case .list: break
        case .single, .map: failMixed(path)
        }
    }

    func openMap(path: [any CodingKey]) {
        switch content {
        case .nothing: content = .map([])
        case .map: break
        case .single, .list: failMixed(path)
        }
    }

    var count: Int {
        guard case .list(let parts) = content else { return 0 }
        return parts.count
    }

    func append(_ part: Part) {
        guard case .list(var parts) = content else { return }
        // Without a second reference to the array, which would copy it.
        content = .nothing
        parts.append(part)
        content = .list(parts)
    }

    func append(_ part: Part, forKey key: Term) {
        guard case .map(var parts) = content else { return }
        content = .nothing
        parts.append((key, part))
        content = .map(parts)
    }

    private func failMixed(_ path: [any CodingKey]) {
        fail(
            .invalidValue(
                self,
                EncodingError.Context(
                    codingPath: path, debugDescription: "One value asks for containers of more than one kind.")))
    }
}

/// Where in a value encoding is, and how its keys are written.
struct EncodingScope {
    let options: TermEncoder
    let path: [any CodingKey]
    private let keyForm: KeyForm

    enum KeyForm { case atom, binary, integer }

    init(_ options: TermEncoder, path: [any CodingKey]) {
        self.init(options, path: path, keyForm: options.keyForm == .atom ? .atom : .binary)
    }

    private init(_ options: TermEncoder, path: [any CodingKey], keyForm: KeyForm) {
        self.options = options
        self.path = path
        self.keyForm = keyForm
    }

    /// The place below this one that `key` names.
    func at(_ key: some CodingKey) -> EncodingScope { EncodingScope(options, path: path + [key]) }

    /// The term that `value`, at this place, encodes itself as.
    func term(of value: some Encodable) throws -> Term {
        let node = EncodingNode()
        try value.encode(to: TermValueEncoder(node: node, scope: scope(for: value)))
        return try node.term()
    }

    private func scope(for value: some Encodable) -> EncodingScope {
        switch value {
        case is any StringKeyed:
            EncodingScope(options, path: path, keyForm: options.dictionaryKeyForm == .atom ? .atom : .binary)
        case is any IntegerKeyed: EncodingScope(options, path: path, keyForm: .integer)
        default: self
        }
    }

    /// The term that stands for a key.
    func term(ofKey key: some CodingKey) throws(EncodingError) -> Term {
        switch keyForm {
        case .integer: if let number = key.intValue { return .integer(number) }
        case .atom:
            guard let atom = Atom(named: key.stringValue) else {
                throw invalid(key, "A key of more than \(Atom.longestName) characters is no atom.")
            }
            return .atom(atom)
        case .binary: break
        }
        return .string(key.stringValue)
    }

    /// The float that `value` is, at this place.
    func float(_ value: some BinaryFloatingPoint) throws(EncodingError) -> Term {
        guard value.isFinite else { throw invalid(value, "There is no term for a float that is \(value).") }
        return .float(Double(value))
    }

    private func invalid(_ value: Any, _ reason: String) -> EncodingError {
        .invalidValue(value, EncodingError.Context(codingPath: path, debugDescription: reason))
    }
}

/// Tells dictionaries, whose keys are data, from types, whose keys are names.
private protocol StringKeyed {}
extension Dictionary: StringKeyed where Key == String {}
private protocol IntegerKeyed {}
extension Dictionary: IntegerKeyed where Key == Int {}
