import ExternalTerm
import ReelStore

/// What a sender asks of `reel record`. Implements Spec/port.md §2.
enum PortMessage {
    case start(key: Term, header: TermMap, assigns: Term, id: RecordingID)
    case event(key: Term, kind: Atom, payload: Term)
    case assigns(key: Term, assigns: Term)
    case flush(key: Term)
    case stop(key: Term)

    /// How each message is written.
    private static let forms: [(name: String, form: String, count: Int)] = [
        ("start", "{start, Key, Header}", 3), ("event", "{event, Key, Kind, Payload}", 4),
        ("assigns", "{assigns, Key, Assigns}", 3), ("flush", "{flush, Key}", 2), ("stop", "{stop, Key}", 2),
    ]

    /// The kinds that are no event's.
    private static let controlFrames: Set<String> = ["recording", "keyframe", "finish", "index"]

    init(_ term: Term) throws(PortError) {
        guard let elements = term.elements, let name = elements.first?.atom?.name else {
            throw PortError(.unknownMessage, "a message is a tuple that starts with an atom, not \(term.brief)")
        }
        guard let form = PortMessage.forms.first(where: { $0.name == name }) else {
            let names = PortMessage.forms.map(\.name).joined(separator: ", ")
            throw PortError(
                .unknownMessage, "unknown message \(Term.atom(elements[0].atom ?? .nil).brief): it is one of \(names)")
        }
        guard elements.count == form.count else {
            throw PortError(
                .invalidMessage, "\(form.form) has \(form.count) elements, not \(elements.count)",
                key: elements.dropFirst().first)
        }
        let key = elements[1]
        switch name {
        case "start": self = try PortMessage.start(key, elements[2])
        case "event":
            guard let kind = elements[2].atom else {
                throw PortError(.invalidMessage, "the kind of an event is an atom, not \(elements[2].brief)", key: key)
            }
            guard !PortMessage.controlFrames.contains(kind.name) else {
                throw PortError(.invalidMessage, "'\(kind)' is a control frame and no kind of event", key: key)
            }
            self = .event(key: key, kind: kind, payload: elements[3])
        case "assigns":
            guard elements[2].map != nil else {
                throw PortError(.invalidMessage, "assigns are a map, not \(elements[2].brief)", key: key)
            }
            self = .assigns(key: key, assigns: elements[2])
        case "flush": self = .flush(key: key)
        default: self = .stop(key: key)
        }
    }

    private static func start(_ key: Term, _ header: Term) throws(PortError) -> PortMessage {
        guard var fields = header.map else {
            throw PortError(.invalidMessage, "the header of a start is a map, not \(header.brief)", key: key)
        }
        for field in fields.keys where field.atom == nil {
            throw PortError(.invalidMessage, "the keys of a header are atoms, not \(field.brief)", key: key)
        }
        for (name, what, isRight) in rules {
            guard let value = fields[atom: name] else {
                guard name != "view" else { throw PortError(.invalidMessage, "the header has no 'view'", key: key) }
                continue
            }
            guard isRight(value) else {
                throw PortError(.invalidMessage, "the header's '\(name)' is \(what), not \(value.brief)", key: key)
            }
        }
        let id = try id(fields[atom: "id"], key)
        let assigns = fields[atom: "assigns"] ?? .map([:])
        fields[atom: "assigns"] = nil
        return .start(key: key, header: fields, assigns: assigns, id: id)
    }

    private static let rules: [(name: Atom, what: String, isRight: @Sendable (Term) -> Bool)] = [
        ("view", "an atom or a binary of UTF-8", { $0.atom != nil || $0.text != nil }),
        ("url", "a binary of UTF-8 or nil", { $0.text != nil || $0.atom == .nil }),
        ("params", "a map", { $0.map != nil }), ("session", "a map", { $0.map != nil }),
        ("assigns", "a map", { $0.map != nil }),
    ]

    /// The id of the recording: the header's, the key if it can be one, or a new one.
    private static func id(_ field: Term?, _ key: Term) throws(PortError) -> RecordingID {
        guard let field else {
            return key.text.flatMap { try? RecordingID($0) } ?? .random()
        }
        guard let text = field.text else {
            throw PortError(.invalidID, "an id is a binary, not \(field.brief)", key: key)
        }
        do throws(StoreError) {
            return try RecordingID(text)
        } catch {
            throw PortError(.invalidID, error.reason, key: key)
        }
    }
}

/// What is wrong with a message. Implements Spec/port.md §4.
struct PortError: Error {
    enum Reason: String {
        case malformedTerm = "malformed_term"
        case frameTooLarge = "frame_too_large"
        case truncated
        case unknownMessage = "unknown_message"
        case invalidMessage = "invalid_message"
        case invalidID = "invalid_id"
        case unknownSession = "unknown_session"
        case duplicateSession = "duplicate_session"
    }

    var reason: Reason
    /// What is wrong, in words.
    var message: String
    /// Which session was meant.
    var key: Term?
    /// Where in the frame's term.
    var byte: Int?

    init(_ reason: Reason, _ message: String, key: Term? = nil, byte: Int? = nil) {
        self.reason = reason
        self.message = message
        self.key = key
        self.byte = byte
    }

    /// The answer to the sender.
    func term(frame: Int) -> Term {
        var details: TermMap = ["message": .string(message), "frame": .integer(frame)]
        if let key { details[atom: "key"] = key }
        if let byte { details[atom: "byte"] = .integer(byte) }
        return .tuple([.atom("error"), .atom(Atom(named: reason.rawValue) ?? .nil), .map(details)])
    }
}

extension Term {
    /// The term as a message shows it: not more of it than fits a line.
    fileprivate var brief: String {
        let text: String =
            switch self {
            case .list(let elements) where elements.count > 40: "a list of \(elements.count) elements"
            case .map(let map) where map.count > 10: "a map of \(map.count) pairs"
            case .binary(let bytes) where bytes.count > 80: "a binary of \(bytes.count) bytes"
            case .tuple(let elements) where elements.count > 10: "a tuple of \(elements.count) elements"
            default: erlangText
            }
        return text.count <= 80 ? text : "\(text.prefix(77))..."
    }
}
