import ExternalTerm

/// Writes any JSON as the terms that it stands for, without a tree of them. Implements Spec/json.md §5.2.
///
/// The pairs of maps keep their order, so the form is not the canonical one.
struct JSONTranscoder {
    /// The terms, without a leading 131.
    private(set) var bytes: [UInt8] = []
    private var open: [Container] = []

    /// A list or a map that has been begun.
    private struct Container {
        var head: Int
        var count: UInt32 = 0
    }

    /// Forgets what has been written, but keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        open.removeAll(keepingCapacity: true)
    }

    /// Writes the value of which `token` is the first one.
    mutating func write(_ token: JSONToken, _ parser: inout JSONParser) throws(JSONError) {
        var token = token
        while true {
            switch token {
            case .key(let range, let hasEscapes): write(string: range, hasEscapes, parser.bytes)
            case .endArray: closeList()
            case .endObject: closeMap()
            default:
                if let top = open.indices.last { open[top].count += 1 }
                try writeStart(token, parser.bytes)
            }
            guard !open.isEmpty, let next = try parser.next() else { return }
            token = next
        }
    }

    private mutating func writeStart(_ token: JSONToken, _ text: Span<UInt8>) throws(JSONError) {
        switch token {
        case .beginArray: begin(Tag.list)
        case .beginObject: begin(Tag.map)
        case .string(let range, let hasEscapes): write(string: range, hasEscapes, text)
        case .number:
            switch try JSONTermReader.leaf(token, text) {
            case .integer(let value): write(value)
            case .float(let value):
                bytes.append(Tag.newFloat)
                append(value.bitPattern)
            case let large: bytes += large.external.dropFirst()
            }
        case .true: write(atom: "true")
        case .false: write(atom: "false")
        default: write(atom: "nil")
        }
    }

    // MARK: Containers

    private mutating func begin(_ tag: UInt8) {
        open.append(Container(head: bytes.count))
        bytes.append(tag)
        append(UInt32(0))
    }

    private mutating func closeList() {
        guard let container = open.popLast() else { return }
        // The empty list has no head.
        if container.count == 0 { bytes.removeSubrange(container.head...) } else { fillIn(container) }
        bytes.append(Tag.nil)
    }

    private mutating func closeMap() { if let container = open.popLast() { fillIn(container) } }

    private mutating func fillIn(_ container: Container) {
        for index in 0..<4 {
            bytes[container.head + 1 + index] = UInt8(truncatingIfNeeded: container.count >> (24 - 8 * UInt32(index)))
        }
    }

    // MARK: Leaves

    private mutating func write(string range: Range<Int>, _ hasEscapes: Bool, _ text: Span<UInt8>) {
        let content = text.unescaped(range, hasEscapes: hasEscapes)
        bytes.append(Tag.binary)
        append(UInt32(truncatingIfNeeded: content.count))
        bytes += content
    }

    private mutating func write(_ value: Int) {
        if let value = UInt8(exactly: value) {
            bytes += [Tag.smallInteger, value]
        } else if let value = Int32(exactly: value) {
            bytes.append(Tag.integer)
            append(value)
        } else {
            bytes += Term.integer(value).external.dropFirst()
        }
    }

    private mutating func write(atom: StaticString) {
        let name = atom.description.utf8
        bytes += [Tag.smallAtomUTF8, UInt8(truncatingIfNeeded: name.count)]
        bytes += name
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
