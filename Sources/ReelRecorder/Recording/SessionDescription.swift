import ExternalTerm
import Reel
import ReelStore

/// What is known of a session from its start.
struct SessionDescription: Sendable {
    var id: RecordingID
    var view: String
    var url: String?
    /// When the session started, in milliseconds since 1970.
    var connectedAt: Int
    /// The same by the clock of the program that sends the events, in milliseconds, or nil when it does not say.
    var senderStart: Int?
    /// The header's fields, encoded: they take less memory than their terms.
    private var fields: [UInt8]

    init(id: RecordingID, view: String, url: String?, connectedAt: Int, senderStart: Int?, fields: TermMap) {
        self.id = id
        self.view = view
        self.url = url
        self.connectedAt = connectedAt
        self.senderStart = senderStart
        self.fields = Term.map(fields).external
    }

    /// How many bytes this takes.
    var byteCount: Int { fields.count + view.utf8.count + (url?.utf8.count ?? 0) }

    /// The recording's header.
    var header: Header {
        Header(fields: (try? Term(external: fields))?.map ?? ["id": .string(id.text), "view": .string(view)])
    }
}
