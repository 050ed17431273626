/// How Elixir writes the names of atoms.
enum ElixirAtomText {
    /// What an atom's name is in Elixir's syntax.
    enum Kind {
        /// A module's name, `Elixir.Foo.Bar`, which is written `Foo.Bar`.
        case alias
        /// What may name a function: `foo`, `foo?`.
        case identifier
        /// What may be written without quotes, but not called: `Foo`, `foo@bar`, `%{}`.
        case notCallable
        /// An operator that may be written without quotes.
        case `operator`
        /// An operator that may be called, but not written without quotes.
        case quotedOperator
        /// Anything else.
        case quoted
    }

    static let notCallable: Set<String> = ["%", "%{}", "{}", "<<>>", "...", "..", ".", "..//", "->"]

    static let quotedOperators: Set<String> = ["::", "^^^", "~~~", "<|>"]

    static let operators: Set<String> = [
        "!", "@", "^", "&", "*", "-", "+", "=", "|", "<", ">", "/", "!=", "&&", "**", "--", "++", "==", "=~", "||",
        "|>",
        "\\\\", "<-", "<=", "<>", "<~", ">=", "~>", "!==", "&&&", "---", "+++", "===", "|||", "<<<", "<<~", "<~>",
        ">>>",
        "~>>",
    ]

    static func kind(of name: String) -> Kind {
        if let first = name.utf8.first, TermTextReader.isWord(first) {
            return isAlias(name) ? .alias : identifierKind(of: name)
        }
        if notCallable.contains(name) { return .notCallable }
        if quotedOperators.contains(name) { return .quotedOperator }
        return operators.contains(name) ? .operator : .quoted
    }

    private static func isAlias(_ name: String) -> Bool {
        guard name.utf8.starts(with: "Elixir".utf8) else { return false }
        let pieces = name.utf8.dropFirst("Elixir".utf8.count).split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard pieces.first?.isEmpty == true else { return false }
        return pieces.dropFirst().allSatisfy { piece in
            piece.first.map(TermTextReader.isUpper) == true
                && piece.allSatisfy { $0 < 0x80 && TermTextReader.isWord($0) }
        }
    }

    private static func identifierKind(of name: String) -> Kind {
        var scalars = name.unicodeScalars[...]
        if scalars.last == "!" || scalars.last == "?" { scalars.removeLast() }
        guard let first = scalars.first else { return .quoted }
        var scripts = ElixirIdentifierTable.allScripts
        var combiningClass: UInt8 = 0
        var hasAt = false
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "a"..."z", "A"..."Z": scripts &= ElixirIdentifierTable.latin
            // Each part between underscores may be of a script of its own.
            case "_": scripts = ElixirIdentifierTable.allScripts
            case "0"..."9" where index > 0: break
            case "@" where index > 0: hasAt = true
            default:
                guard scalar.value >= 0x80, let entry = ElixirIdentifierTable.entry(of: scalar),
                    entry.isStart || index > 0, !ElixirIdentifierTable.composing.contains(scalar.value)
                else { return .quoted }
                scripts &= entry.scripts
                let next = scalar.properties.canonicalCombiningClass.rawValue
                // Marks out of order are not in the composed form that identifiers have to be in.
                guard next == 0 || next >= combiningClass else { return .quoted }
                combiningClass = next
            }
            if scalar.value < 0x80 { combiningClass = 0 }
            guard scripts != 0 else { return .quoted }
        }
        switch first.properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter: return .notCallable
        default: return hasAt ? .notCallable : .identifier
        }
    }

    /// Writes an atom as it stands in a term.
    static func write(_ atom: Atom, to output: inout some TextOutputStream) {
        let name = atom.name
        switch name {
        case "nil", "true", "false", "Elixir", "Elixir.Elixir": return output.write(name)
        default: break
        }
        switch kind(of: name) {
        case .alias:
            let isNested = name.utf8.starts(with: "Elixir.Elixir.".utf8)
            output.write(isNested ? name : String(name.unicodeScalars.dropFirst("Elixir.".unicodeScalars.count)))
        case .identifier, .notCallable, .operator: output.write(":" + name)
        case .quotedOperator, .quoted:
            output.write(":")
            ElixirStringText.write(name.utf8, quote: "\"", to: &output)
        }
    }

    /// Writes an atom as the key of a keyword list, with its colon.
    static func write(key atom: Atom, to output: inout some TextOutputStream) {
        switch kind(of: atom.name) {
        case .alias: output.write("\"\(atom.name)\":")
        case .identifier, .notCallable, .operator: output.write(atom.name + ":")
        case .quotedOperator, .quoted:
            ElixirStringText.write(atom.name.utf8, quote: "\"", to: &output)
            output.write(":")
        }
    }

    /// Writes an atom as the name of a function after its module's.
    static func write(function atom: Atom, to output: inout some TextOutputStream) {
        switch kind(of: atom.name) {
        case .identifier, .operator, .quotedOperator: output.write(atom.name)
        case .notCallable, .alias: output.write("\"\(atom.name)\"")
        case .quoted: ElixirStringText.write(atom.name.utf8, quote: "\"", to: &output)
        }
    }
}
