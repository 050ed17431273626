import ExternalTerm
import Reel

/// How `reel events` writes an event.
struct EventLines {
    let isJSON: Bool
    let hasPayload: Bool
    /// Whether the bytes that an event takes, before compression, are shown.
    let hasSize: Bool
    /// Which lists of integers in payloads are text.
    let charlists: Charlists
    let paint: Paint

    /// The event's line, and its payload's when that is wanted, without the last line's end.
    func text(of event: Event) -> String {
        isJSON ? json(of: event).text : line(of: event)
    }

    private func line(of event: Event) -> String {
        let kind = event.kind.name.escaped
        let label = event.label
        let color = EventLines.colors[event.kind]
        var line = paint(String(event.index).padded(to: 6, atStart: true), .faint)
        line += "  "
        line += Moment(milliseconds: event.offset).description.padded(to: 10, atStart: true)
        if hasSize { line += "  " + event.encoded.count.grouped.padded(to: 10, atStart: true) }
        line += "  "
        // An event of which there is nothing to say is labelled with its kind.
        if label == event.kind.name {
            line += paint(kind, color)
        } else {
            line += paint(kind.padded(to: 13), color)
            line += " "
            line += label.escaped
        }
        if hasPayload { line += paint("\n       \(payload(of: event).escaped)", .faint) }
        return line
    }

    /// What the user did, what went wrong and what is missing stand out.
    private static let colors: [Atom: Paint.Color] = ["event": .cyan, "exit": .red, "log": .yellow, Gap.kind: .yellow]

    private func json(of event: Event) -> JSONText {
        var members: [JSONText.Member] = [
            .init("index", .integer(event.index)), .init("offset", .integer(event.offset)),
            .init("kind", .string(event.kind.name)), .init("label", .string(event.label)),
        ]
        if hasSize { members.append(.init("bytes", .integer(event.encoded.count))) }
        if hasPayload { members.append(.init("payload", .string(payload(of: event)))) }
        return .object(members)
    }

    private func payload(of event: Event) -> String {
        do throws(TermError) {
            return try event.payload.elixirText(charlists: charlists)
        } catch {
            return "# \(error)"
        }
    }
}
