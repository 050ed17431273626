import ExternalTerm

/// The terms that name something of a node, which nobody but it can reach.
enum IdentifierTerm {
    /// The identifier that `token` is, a local function without its free variables.
    static func term(of token: TermToken, _ bytes: Span<UInt8>) -> Term {
        switch token {
        case .pid(let text): .pid(bytes.pid(text))
        case .port(let node, let number, let creation):
            .port(Port(node: bytes.atom(node), number: number, creation: creation))
        case .reference(let node, let creation, let words):
            .reference(Reference(node: bytes.atom(node), creation: creation, words: bytes.words(words)))
        case .externalFunction(let module, let function, let arity):
            .externalFunction(
                ExternalFunction(module: bytes.atom(module), function: bytes.atom(function), arity: arity))
        case .localFunction(let text): .localFunction(bytes.localFunction(text))
        default: .nil
        }
    }
}

extension BigInteger {
    /// Whether the integer is so long that its text is hexadecimal: decimal takes time that grows with the square of
    /// its length.
    var isWrittenInHexadecimal: Bool { magnitude.count > 32_768 }
}

extension TermToken {
    /// How many terms follow this one as its content, a list's tail included.
    var contentCount: Int {
        switch self {
        case .list(let count): count + 1
        case .tuple(let count): count
        case .record(let record): record.fieldCount
        case .map(let count): 2 * count
        case .localFunction(let function): function.freeVariableCount
        default: 0
        }
    }
}
