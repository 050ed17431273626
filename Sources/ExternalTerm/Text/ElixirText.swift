extension Term {
    /// The term in Elixir's notation, on one line: what `inspect(term, limit: :infinity, printable_limit: :infinity)`
    /// gives when lines are long enough.
    ///
    /// ```swift
    /// Term.map(["id": 1, "name": "Ada"]).elixirText  // %{id: 1, name: "Ada"}
    /// ```
    ///
    /// The text is that of Elixir 1.15 and later, `~c"abc"` for charlists included, byte for byte but for what depends
    /// on the node that prints or on its modules:
    /// - Structs are written `%Shop.Product{id: 1, price: 2}`, their fields in the order of their names: the printer
    ///   has no modules to ask for another order or for an `Inspect` implementation. `__exception__: true` stays, so
    ///   that nothing is lost.
    /// - Structs that everybody knows by their text have it: `~D[2024-01-02]`, `~T[10:20:30]`,
    ///   `~N[2024-01-02 10:20:30]`, `~U[2024-01-02 10:20:30Z]`, `1..9//2`, `MapSet.new([1, 2])`,
    ///   `Decimal.new("37.19")`, `~r/a+/i`, and a `URI` its fields in their usual order. One that does not read back
    ///   from such a text is written as the struct it is: another calendar or time zone, a date that does not exist, a
    ///   year of five digits, fractions beyond a time's precision.
    /// - Pids, ports and references are written as their own node writes them, with 0 for the node: `#PID<0.1.0>`.
    /// - A local function is written `#Function<3.1234/2 in Shop.Cart>`, as where its module is not loaded.
    /// - Maps keep the order of their keys whatever their size; OTP leaves it open for more than 32 keys, and from OTP
    ///   26 on for fewer.
    /// - Atoms are written without quotes when Elixir 1.14's Unicode tables and 1.15's rules for mixed scripts allow
    ///   it, and none of their characters could combine with the one before it.
    /// - Integers of more than 262,144 bits are written in hexadecimal, since decimal takes too long.
    /// - Native records, which Elixir has no notation for, are written as `#Record<:shop.item{id: 1, price: 2}>`.
    /// - What LOCAL_EXT holds is written as `#Local<5 bytes>`.
    ///
    /// ``init(elixirText:limits:)`` reads everything back but pids, ports, references, local functions, regexes and
    /// `#Local<...>`, and reads sets as Elixir 1.15 and later hold them.
    public var elixirText: String { elixirText(charlists: .printable) }

    /// The term in Elixir's notation, with other lists of integers as text than `inspect` has: see ``elixirText``.
    public func elixirText(charlists: Charlists) -> String {
        var text = ""
        write(elixirTextTo: &text, charlists: charlists)
        return text
    }

    /// Writes the term in Elixir's notation, piece by piece: see ``elixirText``.
    ///
    /// - Parameters:
    ///   - output: What is written to.
    ///   - structs: Whether structs are written as such. Otherwise they are the maps that they are,
    ///     `%{__struct__: Date, ...}`, as `inspect` has it with `structs: false`, and nothing is read back as anything
    ///     else than it was.
    ///   - charlists: Which lists of integers are written as text.
    public func write(
        elixirTextTo output: inout some TextOutputStream, structs: Bool = true, charlists: Charlists = .printable
    ) {
        ElixirTextWriter(structs: structs, charlists: charlists).write(self, to: &output)
    }
}

/// Writes terms as `inspect` does.
struct ElixirTextWriter {
    /// Whether structs are written as such.
    let structs: Bool
    /// Which lists of integers are written as text.
    var charlists: Charlists

    func write(_ term: Term, to output: inout some TextOutputStream) {
        switch term {
        case .integer(let value): output.write(String(value))
        case .bigInteger(let value): output.write(NumberText.text(of: value, hexadecimalPrefix: "0x"))
        case .float(let value): output.write(NumberText.elixirText(of: value))
        case .atom(let atom): ElixirAtomText.write(atom, to: &output)
        case .tuple(let elements): write(elements, tail: nil, between: ("{", "}"), to: &output)
        case .list(let elements): write(list: elements, to: &output)
        case .improperList(let elements, let tail): write(elements, tail: tail, between: ("[", "]"), to: &output)
        case .record(let record): write(record, to: &output)
        case .map(let map): write(map, to: &output)
        case .binary(let bytes): write(bytes, to: &output)
        case .bitstring(let bits): write(bits, to: &output)
        case .pid, .port, .reference, .externalFunction, .localFunction, .local: write(identifier: term, to: &output)
        }
    }

    private func write(
        _ elements: [Term], tail: Term?, between ends: (String, String), to output: inout some TextOutputStream
    ) {
        output.write(ends.0)
        for (index, element) in elements.enumerated() {
            if index > 0 { output.write(", ") }
            write(element, to: &output)
        }
        if let tail {
            output.write(" | ")
            write(tail, to: &output)
        }
        output.write(ends.1)
    }

    func write(list elements: [Term], to output: inout some TextOutputStream) {
        if isText(elements) {
            output.write("~c")
            return ElixirStringText.write(elements.lazy.compactMap(\.byte), quote: "\"", to: &output)
        }
        guard !elements.isEmpty, elements.allSatisfy({ $0.isKeywordPair }) else {
            return write(elements, tail: nil, between: ("[", "]"), to: &output)
        }
        output.write("[")
        for (index, element) in elements.enumerated() {
            guard case .tuple(let pair) = element, case .atom(let key) = pair[0] else { continue }
            if index > 0 { output.write(", ") }
            write(key, pair[1], to: &output)
        }
        output.write("]")
    }

    private func isText(_ elements: [Term]) -> Bool {
        switch charlists {
        case .printable: !elements.isEmpty && elements.allSatisfy(ElixirStringText.isPrintable(charlist:))
        case .written: Charlists.areWritten(elements)
        case .none: false
        }
    }

    /// Writes a pair of a keyword list, or of a map whose keys are atoms.
    private func write(_ key: Atom, _ value: Term, to output: inout some TextOutputStream) {
        ElixirAtomText.write(key: key, to: &output)
        output.write(" ")
        write(value, to: &output)
    }

    private func write(_ map: TermMap, to output: inout some TextOutputStream) {
        if structs, case .atom(let module) = map[atom: .struct], write(map, of: module, to: &output) { return }
        output.write("%{")
        let areKeywords = map.pairs.allSatisfy { $0.key.isKeyword }
        for (index, pair) in map.pairs.enumerated() {
            if index > 0 { output.write(", ") }
            if areKeywords, case .atom(let key) = pair.key {
                write(key, pair.value, to: &output)
            } else {
                write(pair.key, to: &output)
                output.write(" => ")
                write(pair.value, to: &output)
            }
        }
        output.write("}")
    }

    /// Writes a struct, or returns false when it has to be written as a map.
    private func write(_ map: TermMap, of module: Atom, to output: inout some TextOutputStream) -> Bool {
        if writeKnown(map, of: module, to: &output) { return true }
        var fields = map
        fields[atom: .struct] = nil
        guard !["nil", "true", "false"].contains(module.name), fields.pairs.allSatisfy({ $0.key.isKeyword }),
            let ordered = ElixirStruct.ordered(fields, of: module)
        else { return false }
        output.write("%")
        ElixirAtomText.write(module, to: &output)
        output.write("{")
        for (index, pair) in ordered.enumerated() {
            guard case .atom(let key) = pair.key else { continue }
            if index > 0 { output.write(", ") }
            write(key, pair.value, to: &output)
        }
        output.write("}")
        return true
    }

    private func write(_ record: NativeRecord, to output: inout some TextOutputStream) {
        output.write("#Record<")
        ElixirAtomText.write(record.module, to: &output)
        output.write(".")
        ElixirAtomText.write(function: record.name, to: &output)
        output.write("{")
        for (index, field) in record.fields.enumerated() {
            if index > 0 { output.write(", ") }
            write(field.name, field.value, to: &output)
        }
        output.write("}>")
    }

    private func write(_ bytes: [UInt8], to output: inout some TextOutputStream) {
        if let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy(ElixirStringText.isPrintable)
        {
            ElixirStringText.write(bytes, quote: "\"", to: &output)
        } else {
            output.write("<<")
            for (index, byte) in bytes.enumerated() { output.write(index > 0 ? ", \(byte)" : "\(byte)") }
            output.write(">>")
        }
    }

    private func write(_ bits: Bitstring, to output: inout some TextOutputStream) {
        output.write("<<")
        for byte in bits.bytes.dropLast() { output.write("\(byte), ") }
        if let last = bits.bytes.last {
            output.write("\(last >> UInt8(8 - bits.bitsInLastByte))::size(\(bits.bitsInLastByte))>>")
        }
    }

    private func write(identifier term: Term, to output: inout some TextOutputStream) {
        switch term {
        case .externalFunction(let function):
            output.write("&")
            ElixirAtomText.write(function.module, to: &output)
            output.write(".")
            ElixirAtomText.write(function: function.function, to: &output)
            output.write("/\(function.arity)")
        case .localFunction(let function):
            output.write("#Function<\(function.index).\(function.oldUniq)/\(function.arity) in ")
            ElixirAtomText.write(function.module, to: &output)
            output.write(">")
        case .pid: output.write("#PID" + IdentifierText.text(of: term, reference: ""))
        default: output.write(IdentifierText.text(of: term, reference: "#Reference"))
        }
    }
}

extension Term {
    /// Whether this is an atom that may stand before a colon as a key. Those that start like a module's name do not.
    fileprivate var isKeyword: Bool {
        guard case .atom(let atom) = self else { return false }
        return !atom.name.utf8.starts(with: "Elixir.".utf8)
    }

    fileprivate var isKeywordPair: Bool {
        guard case .tuple(let pair) = self, pair.count == 2 else { return false }
        return pair[0].isKeyword
    }
}
