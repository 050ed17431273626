/// Which characters Erlang takes for text when it prints lists of integers and binaries: `io:printable_range/0`.
public enum ErlangPrintableRange: Hashable, Sendable {
    /// Those of Latin-1, as `erl` does by default.
    case latin1
    /// All of Unicode, as `erl +pc unicode` does.
    case unicode
}

extension Term {
    /// The term in Erlang's notation, on one line: what OTP 25's `io_lib:format("~0tp", [Term])` gives, byte for byte.
    ///
    /// ```swift
    /// Term.tuple([.atom("ok"), "été", .list([104, 105])]).erlangText  // {ok,<<"été"/utf8>>,"hi"}
    /// ```
    ///
    /// Where OTP's text depends on the node that prints, the rules are these:
    /// - Pids, ports and references are written as their own node writes them, with 0 for the node: `<0.1.0>`,
    ///   `#Port<0.6>`, `#Ref<0.1.2.3>`. A node that receives them from elsewhere would write a number of its own.
    /// - A list of integers is a string when each of them is a printable character of Latin-1, as it is for `erl`
    ///   without `+pc unicode`; so is a binary. ``write(erlangTextTo:printable:)`` takes the other range as well.
    /// - Maps keep the order of their keys whatever their size. OTP 25 orders the keys of maps of at most 32 keys like
    ///   this, and leaves the order of larger ones open.
    /// - Names in `fun m:f/1` that are not ASCII are written as what they are; OTP 25 takes their bytes for characters.
    /// - Integers of more than 262,144 bits are written in hexadecimal, since decimal takes too long.
    /// - Native records, which OTP 25 has not, are written as OTP 29 writes them: `#shop:item{id = 1,price = 2}`.
    /// - What LOCAL_EXT holds is written as `#Local<5 bytes>`.
    ///
    /// ``init(erlangText:limits:)`` reads everything back but pids, ports, references, local functions and
    /// `#Local<...>`.
    public var erlangText: String { erlangText(charlists: .printable) }

    /// The term in Erlang's notation, with other lists of integers as text than `~tp` has: see ``erlangText``.
    public func erlangText(charlists: Charlists) -> String {
        var text = ""
        write(erlangTextTo: &text, charlists: charlists)
        return text
    }

    /// Writes the term in Erlang's notation, piece by piece: see ``erlangText``.
    ///
    /// - Parameters:
    ///   - output: What is written to.
    ///   - printable: Which characters make lists of integers and binaries text.
    ///   - charlists: Which lists of integers are written as text.
    public func write(
        erlangTextTo output: inout some TextOutputStream, printable: ErlangPrintableRange = .latin1,
        charlists: Charlists = .printable
    ) {
        ErlangTextWriter(printable: printable, charlists: charlists).write(self, to: &output)
    }
}

/// Writes terms as `~0tp` does.
struct ErlangTextWriter {
    let printable: ErlangPrintableRange
    let charlists: Charlists

    func write(_ term: Term, to output: inout some TextOutputStream) {
        switch term {
        case .integer(let value): output.write(String(value))
        case .bigInteger(let value): output.write(NumberText.text(of: value, hexadecimalPrefix: "16#"))
        case .float(let value): output.write(NumberText.erlangText(of: value))
        case .atom(let atom): ErlangAtomText.write(atom, to: &output)
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
            if index > 0 { output.write(",") }
            write(element, to: &output)
        }
        if let tail {
            output.write("|")
            write(tail, to: &output)
        }
        output.write(ends.1)
    }

    private func write(list elements: [Term], to output: inout some TextOutputStream) {
        guard isText(elements) else { return write(elements, tail: nil, between: ("[", "]"), to: &output) }
        ErlangAtomText.write(quoted: elements.lazy.compactMap(printableScalar), quote: "\"", to: &output)
    }

    private func isText(_ elements: [Term]) -> Bool {
        switch charlists {
        case .printable: !elements.isEmpty && elements.allSatisfy { printableScalar(of: $0) != nil }
        case .written: Charlists.areWritten(elements)
        case .none: false
        }
    }

    private func write(_ map: TermMap, to output: inout some TextOutputStream) {
        output.write("#{")
        for (index, pair) in map.pairs.enumerated() {
            if index > 0 { output.write(",") }
            write(pair.key, to: &output)
            output.write(" => ")
            write(pair.value, to: &output)
        }
        output.write("}")
    }

    private func write(_ record: NativeRecord, to output: inout some TextOutputStream) {
        output.write("#")
        ErlangAtomText.write(record.module, to: &output)
        output.write(":")
        ErlangAtomText.write(record.name, to: &output)
        output.write("{")
        for (index, field) in record.fields.enumerated() {
            if index > 0 { output.write(",") }
            ErlangAtomText.write(field.name, to: &output)
            output.write(" = ")
            write(field.value, to: &output)
        }
        output.write("}")
    }

    private func write(_ bytes: [UInt8], to output: inout some TextOutputStream) {
        guard !bytes.isEmpty else { return output.write("<<>>") }
        if let text = String(validating: bytes, as: UTF8.self) {
            guard text.unicodeScalars.allSatisfy(isPrintable) else { return write(numbers: bytes, to: &output) }
            output.write("<<")
            ErlangAtomText.write(quoted: text.unicodeScalars, quote: "\"", to: &output)
            let isASCII = bytes.allSatisfy { $0 < 0x80 }
            output.write(isASCII ? ">>" : "/utf8>>")
        } else if bytes.allSatisfy({ isLatin1Printable(Unicode.Scalar($0)) }) {
            output.write("<<")
            ErlangAtomText.write(quoted: bytes.lazy.map { Unicode.Scalar($0) }, quote: "\"", to: &output)
            output.write(">>")
        } else {
            write(numbers: bytes, to: &output)
        }
    }

    private func write(numbers bytes: [UInt8], to output: inout some TextOutputStream) {
        output.write("<<")
        for (index, byte) in bytes.enumerated() { output.write(index > 0 ? ",\(byte)" : "\(byte)") }
        output.write(">>")
    }

    private func write(_ bits: Bitstring, to output: inout some TextOutputStream) {
        output.write("<<")
        for byte in bits.bytes.dropLast() { output.write("\(byte),") }
        if let last = bits.bytes.last {
            output.write("\(last >> UInt8(8 - bits.bitsInLastByte)):\(bits.bitsInLastByte)>>")
        }
    }

    private func write(identifier term: Term, to output: inout some TextOutputStream) {
        switch term {
        case .externalFunction(let function):
            output.write("fun ")
            ErlangAtomText.write(inFunction: function.module, to: &output)
            output.write(":")
            ErlangAtomText.write(inFunction: function.function, to: &output)
            output.write("/\(function.arity)")
        case .localFunction(let function):
            output.write("#Fun<\(function.module.name).\(function.oldIndex).\(function.oldUniq)>")
        default: output.write(IdentifierText.text(of: term, reference: "#Ref"))
        }
    }

    private func printableScalar(of term: Term) -> Unicode.Scalar? {
        guard case .integer(let value) = term, let code = UInt32(exactly: value), let scalar = Unicode.Scalar(code),
            isPrintable(scalar)
        else { return nil }
        return scalar
    }

    private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch printable {
        case .latin1: isLatin1Printable(scalar)
        case .unicode: isLatin1Printable(scalar) || scalar.value > 0xFF && scalar.value & ~1 != 0xFFFE
        }
    }

    private func isLatin1Printable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0xFF, 0x08...0x0D, 0x1B: true
        default: false
        }
    }
}

/// What both notations write alike for what only a node can tell.
enum IdentifierText {
    /// The text of a pid, port or reference as its own node writes it, with what references start with.
    static func text(of term: Term, reference: String) -> String {
        switch term {
        case .pid(let pid): return "<0.\(pid.number).\(pid.serial)>"
        case .port(let port): return "#Port<0.\(port.number)>"
        case .reference(let value):
            return "\(reference)<0.\(value.words.reversed().map(String.init).joined(separator: "."))>"
        case .local(let bytes): return "#Local<\(bytes.count) bytes>"
        default: return ""
        }
    }
}
