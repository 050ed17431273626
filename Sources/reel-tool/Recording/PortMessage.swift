import ExternalTerm
import ReelStore

/// What a sender asks of `reel record`, and when that was by the sender's clock, in milliseconds. Implements Spec/port.md §2.
struct PortMessage {
    enum Request {
        case start(header: TermMap, assigns: Term, id: RecordingID)
        case event(kind: Atom, payload: Term)
        case assigns(Term)
        case state(assigns: Term, components: TermMap, url: String?)
        case gap([Atom: Int])
        case flush
        case stop
    }

    var key: Term
    var request: Request
    var time: Int?

    /// How each message is written.
    private static let forms: [(name: String, form: String, count: Int)] = [
        ("start", "{start, Key, Header}", 3), ("event", "{event, Key, Kind, Payload}", 4),
        ("assigns", "{assigns, Key, Assigns}", 3), ("state", "{state, Key, State}", 3),
        ("gap", "{gap, Key, Counts}", 3),
        ("flush", "{flush, Key}", 2), ("stop", "{stop, Key}", 2),
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
        // The sender's time may follow.
        guard form.count...form.count + 1 ~= elements.count else {
            throw PortError(
                .invalidMessage, "\(form.form) has \(form.count) elements, not \(elements.count)",
                key: elements.dropFirst().first)
        }
        key = elements[1]
        do throws(Flaw) {
            if elements.count > form.count { time = try PortMessage.time(elements[form.count]) }
            request =
                switch name {
                case "start": try PortMessage.start(key, elements[2])
                case "event": try PortMessage.event(elements[2], elements[3])
                case "assigns": .assigns(try PortMessage.assigns(elements[2], "assigns are a map"))
                case "state": try PortMessage.state(elements[2])
                case "gap": .gap(try PortMessage.counts(elements[2]))
                case "flush": .flush
                default: .stop
                }
        } catch {
            throw PortError(error.reason, error.message, key: key)
        }
    }

    /// What is wrong with an element of a message.
    private struct Flaw: Error {
        var message: String
        var reason: PortError.Reason

        init(_ message: String, _ reason: PortError.Reason = .invalidMessage) {
            self.message = message
            self.reason = reason
        }
    }

    private static func time(_ term: Term) throws(Flaw) -> Int {
        switch term {
        case .integer(let time): return time
        // No clock says so: the recorder takes it for a time that makes no sense.
        case .bigInteger(let time): return time.isNegative ? .min : .max
        default: throw Flaw("a time is an integer of milliseconds, not \(term.brief)")
        }
    }

    private static func event(_ kind: Term, _ payload: Term) throws(Flaw) -> Request {
        guard let kind = kind.atom else { throw Flaw("the kind of an event is an atom, not \(kind.brief)") }
        guard !controlFrames.contains(kind.name) else {
            throw Flaw("'\(kind)' is a control frame and no kind of event")
        }
        return .event(kind: kind, payload: payload)
    }

    /// Assigns, a map whose keys are atoms.
    private static func assigns(_ term: Term, _ rule: String) throws(Flaw) -> Term {
        guard let map = term.map else { throw Flaw("\(rule), not \(term.brief)") }
        for key in map.keys where key.atom == nil { throw Flaw("the keys of assigns are atoms, not \(key.brief)") }
        return term
    }

    private static func state(_ term: Term) throws(Flaw) -> Request {
        guard let state = term.map else { throw Flaw("a state is a map, not \(term.brief)") }
        guard let assigns = state[atom: "assigns"] else { throw Flaw("the state has no 'assigns'") }
        let components = state[atom: "components"] ?? .map([:])
        guard let components = components.map else {
            throw Flaw("the state's 'components' are a map, not \(components.brief)")
        }
        for pair in components.pairs {
            guard pair.key.elements?.count == 2 else {
                throw Flaw("a component is called by {Module, Id}, not \(pair.key.brief)")
            }
            _ = try PortMessage.assigns(pair.value, "a component's assigns are a map")
        }
        let url = state[atom: "url"] ?? .atom(.nil)
        guard url.text != nil || url.atom == .nil else {
            throw Flaw("the state's 'url' is a binary of UTF-8, not \(url.brief)")
        }
        return .state(
            assigns: try PortMessage.assigns(assigns, "the state's 'assigns' are a map"), components: components,
            url: url.text)
    }

    private static func counts(_ term: Term) throws(Flaw) -> [Atom: Int] {
        guard let map = term.map else { throw Flaw("what is left out is a map of counts, not \(term.brief)") }
        var counts: [Atom: Int] = [:]
        for pair in map.pairs {
            guard let kind = pair.key.atom else {
                throw Flaw("the kind of what is left out is an atom, not \(pair.key.brief)")
            }
            switch pair.value {
            case .integer(let count) where count > 0: counts[kind] = count
            case .bigInteger(let count) where !count.isNegative: counts[kind] = .max
            default: throw Flaw("a count is an integer of 1 or more, not \(pair.value.brief)")
            }
        }
        return counts
    }

    private static func start(_ key: Term, _ header: Term) throws(Flaw) -> Request {
        guard var fields = header.map else { throw Flaw("the header of a start is a map, not \(header.brief)") }
        for field in fields.keys where field.atom == nil {
            throw Flaw("the keys of a header are atoms, not \(field.brief)")
        }
        for (name, what, isRight) in rules {
            guard let value = fields[atom: name] else {
                guard name != "view" else { throw Flaw("the header has no 'view'") }
                continue
            }
            guard isRight(value) else { throw Flaw("the header's '\(name)' is \(what), not \(value.brief)") }
        }
        let id = try id(fields[atom: "id"], key)
        let assigns = try assigns(fields[atom: "assigns"] ?? .map([:]), "the header's 'assigns' is a map")
        fields[atom: "assigns"] = nil
        return .start(header: fields, assigns: assigns, id: id)
    }

    private static let rules: [(name: Atom, what: String, isRight: @Sendable (Term) -> Bool)] = [
        ("view", "an atom or a binary of UTF-8", { $0.atom != nil || $0.text != nil }),
        ("url", "a binary of UTF-8 or nil", { $0.text != nil || $0.atom == .nil }),
        ("params", "a map", { $0.map != nil }), ("session", "a map", { $0.map != nil }),
        ("visit", "a binary of UTF-8 of up to 256 bytes", { ($0.text?.utf8.count ?? .max) <= 256 }),
        ("continues", "a binary of UTF-8 of up to 256 bytes", { ($0.text?.utf8.count ?? .max) <= 256 }),
    ]

    /// The id of the recording: the header's, the key if it can be one, or a new one.
    private static func id(_ field: Term?, _ key: Term) throws(Flaw) -> RecordingID {
        guard let field else {
            return key.text.flatMap { try? RecordingID($0) } ?? .random()
        }
        guard let text = field.text else { throw Flaw("an id is a binary, not \(field.brief)", .invalidID) }
        do throws(StoreError) {
            return try RecordingID(text)
        } catch {
            throw Flaw(error.reason, .invalidID)
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
