import ExternalTerm
import GzipMembers

/// A frame: a length of four bytes, and a term.
func frame(_ term: Term) -> [UInt8] { frame(term.external) }

/// A frame that holds any bytes.
func frame(_ bytes: [UInt8]) -> [UInt8] { bigEndian(bytes.count) + bytes }

/// A number of four bytes, the most significant one first.
func bigEndian(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

/// A number of so many bytes, the least significant one first.
func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// A number in the shortest LEB128.
func varint(_ value: Int) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
}

/// A gzip member without `RL`, as any program writes it.
func gzip(_ content: [UInt8], level: Int = 6) throws -> [UInt8] {
    var member: [UInt8] = []
    try MemberEncoder(level: level).encode(content.span, appendingTo: &member) { _ in MemberHeader(operatingSystem: 3) }
    return member
}

/// An RL member put together by hand from Spec/recording.md §5, so that anything in it can be wrong.
struct RawMember {
    var version: (major: UInt8, minor: UInt8) = (1, 0)
    var kind: UInt8 = 1
    var flags: UInt8 = 0
    /// What is added to the length of the member that it declares.
    var memberByteCountError = 0
    /// The varints of the payload.
    var numbers: [Int] = []
    /// The bytes after the varints: the offset in an end member, or those of a newer minor version.
    var rest: [UInt8] = []
    /// The payload from byte 8 on, instead of `numbers` and `rest`.
    var tail: [UInt8]?
    /// How many bytes of the payload there are, when not all of it.
    var shortPayload: Int?
    var otherFields: (before: [ExtraField], after: [ExtraField]) = ([], [])
    var hasChecksum = true
    var content: [UInt8] = []
    var level = 6

    static let subfield = ExtraField.ID(UInt8(ascii: "R"), UInt8(ascii: "L"))

    /// A data member of these frames that declares what it holds.
    static func data(_ frames: [Term], firstEvent: Int) -> RawMember {
        var member = RawMember()
        var offsets: [Int] = []
        for (position, term) in frames.enumerated() {
            member.content += frame(term)
            switch term.elements?.first?.atom {
            case "keyframe"?: if position == 0 { member.flags |= 1 }
            case "recording"?: member.flags |= 2
            case "finish"?: member.flags |= 4
            case nil: offsets += RawMember.offsets(term)
            default: break
            }
        }
        let first = offsets.min() ?? 0
        member.numbers = [
            member.content.count, firstEvent, offsets.count, first, (offsets.max() ?? 0) - first,
        ]
        return member
    }

    private static func offsets(_ term: Term) -> [Int] {
        if case .list(let events) = term { return events.flatMap(offsets) }
        return [term.elements?.first?.integer].compactMap(\.self)
    }

    func encoded() throws -> [UInt8] {
        let payloadTail = tail ?? numbers.flatMap(varint) + rest
        func header(_ memberByteCount: Int) -> MemberHeader {
            let whole = [version.major, version.minor, kind, flags] + littleEndian(memberByteCount, 4) + payloadTail
            let payload = Array(whole.prefix(shortPayload ?? whole.count))
            return MemberHeader(
                operatingSystem: 255,
                extraFields: otherFields.before + [ExtraField(id: RawMember.subfield, bytes: payload)]
                    + otherFields.after, hasChecksum: hasChecksum)
        }
        var member: [UInt8] = []
        try MemberEncoder(level: level).encode(content.span, appendingTo: &member) { deflatedByteCount in
            header(header(0).byteCount + deflatedByteCount + 8 + memberByteCountError)
        }
        return member
    }
}

/// A recording put together by hand, so that anything in it can be wrong.
struct RawRecording {
    var members: [RawMember]
    /// The entries of the index, changed by `changeEntries`; without an index member when this is false.
    var hasIndex: Bool
    var changeEntries: ([[Term]]) -> [[Term]] = { $0 }
    /// The frames of the index member, instead of the one with the entries.
    var indexContent: [UInt8]?
    var changeIndexMember: (inout RawMember) -> Void = { _ in }
    var hasEnd = true
    /// What the end member points at, instead of the index member or the only data member.
    var endOffset: Int?
    var changeEndMember: (inout RawMember) -> Void = { _ in }
    var trailing: [UInt8] = []

    /// A recording of data members that hold these frames.
    init(_ members: [[Term]], hasIndex: Bool? = nil) {
        var firstEvent = 0
        self.members = members.map { frames in
            let member = RawMember.data(frames, firstEvent: firstEvent)
            firstEvent += member.numbers[2]
            return member
        }
        self.hasIndex = hasIndex ?? (members.count > 1)
    }

    func encoded() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var entries: [[Term]] = []
        for member in members {
            let encoded = try member.encoded()
            let numbers = member.numbers + [Int](repeating: 0, count: max(0, 5 - member.numbers.count))
            let fields = [
                bytes.count, encoded.count, numbers[0], numbers[1], numbers[2], numbers[3], numbers[3] &+ numbers[4],
            ]
            entries.append(fields.map(Term.integer) + [.boolean(member.flags & 1 != 0)])
            bytes += encoded
        }
        let indexOffset = bytes.count
        if hasIndex {
            var member = RawMember(kind: 2)
            let index = Term.tuple([.atom("index"), .list(changeEntries(entries).map(Term.tuple))])
            member.content = indexContent ?? frame(index)
            member.numbers = [member.content.count]
            changeIndexMember(&member)
            bytes += try member.encoded()
        }
        if hasEnd {
            var member = RawMember(kind: 3)
            member.rest = littleEndian(endOffset ?? (hasIndex ? indexOffset : 0), 8)
            changeEndMember(&member)
            bytes += try member.encoded()
        }
        return bytes + trailing
    }
}

// MARK: - Frames

extension Term {
    /// A header frame.
    static func header(_ fields: TermMap = ["id": "1"], major: Int = 1, minor: Int = 0) -> Term {
        .tuple([.atom("recording"), .tuple([.integer(major), .integer(minor)]), .map(fields)])
    }

    /// An event.
    static func event(_ offset: Int, _ kind: Atom = "beat", _ payload: Term = .map([:])) -> Term {
        .tuple([.integer(offset), .atom(kind), payload])
    }

    /// An event that sets an assign.
    static func render(_ offset: Int, _ assigns: TermMap) -> Term {
        event(offset, "render", .map(["assigns": .map(assigns)]))
    }

    /// A keyframe.
    static func keyframe(_ event: Int, _ assigns: TermMap = [:]) -> Term {
        .tuple([.atom("keyframe"), .integer(event), .map(["assigns": .map(assigns), "components": .map([:])])])
    }

    /// A finish frame.
    static func finish(_ events: Int, duration: Int = 0, _ fields: TermMap = [:]) -> Term {
        let fields = fields.merging(["events": .integer(events), "duration": .integer(duration)])
        return .tuple([.atom("finish"), .map(fields)])
    }
}
