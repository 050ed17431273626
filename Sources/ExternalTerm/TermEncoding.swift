extension Term {
    /// The canonical external form, with its leading 131: what OTP gives for
    /// `term_to_binary(Term, [{minor_version, 2}, deterministic])`. Implements Spec/terms.md §4.
    public var external: [UInt8] {
        var writer = TermWriter()
        writer.writeVersion()
        writer.write(self)
        return writer.bytes
    }
}

extension TermWriter {
    /// Writes a whole term in the canonical form.
    public mutating func write(_ term: Term) {
        switch term {
        case .integer(let value): write(integer: value)
        case .bigInteger(let value): write(bigInteger: value.magnitude.span, isNegative: value.isNegative)
        case .float(let value): write(float: value)
        case .atom(let atom): write(atom: atom)
        case .tuple(let elements):
            writeTupleHead(count: elements.count)
            for element in elements { write(element) }
        case .list(let elements): write(list: elements)
        case .improperList(let elements, let tail):
            writeListHead(count: elements.count)
            for element in elements { write(element) }
            write(tail)
        case .map(let map):
            writeMapHead(count: map.count)
            for pair in map.pairs {
                write(pair.key)
                write(pair.value)
            }
        case .binary(let content): write(binary: content.span)
        case .bitstring(let bits): write(bitstring: bits.bytes.span, bitsInLastByte: bits.bitsInLastByte)
        case .pid(let pid): write(pid: pid)
        case .port(let port): write(port: port)
        case .reference(let reference): write(reference: reference)
        case .externalFunction(let function): write(externalFunction: function)
        case .localFunction(let function):
            let start = writeLocalFunctionHead(function, freeVariableCount: function.freeVariables.count)
            for variable in function.freeVariables { write(variable) }
            finishLocalFunction(at: start)
        case .local(let content):
            bytes.append(Tag.local)
            bytes.append(contentsOf: content)
        }
    }

    private mutating func write(list elements: [Term]) {
        guard !elements.isEmpty else { return writeNil() }
        if elements.count <= TermWriter.longestString, elements.allSatisfy({ $0.byte != nil }) {
            writeStringHead(count: elements.count)
            for element in elements { bytes.append(element.byte ?? 0) }
        } else {
            writeListHead(count: elements.count)
            for element in elements { write(element) }
            writeNil()
        }
    }
}

extension Term {
    /// The integer from 0 to 255 that this is, or nil.
    var byte: UInt8? {
        guard case .integer(let value) = self else { return nil }
        return UInt8(exactly: value)
    }
}
