import ExternalTerm
import FoundationEssentials
import Hashing
public import Reel
import ReelJSON

/// A recording and its player in one HTML file, which opens from disk.
///
/// It asks for nothing: script, style and recording are part of it, and its Content-Security-Policy lets nothing else run or load.
public struct PlayerFile {
    private let recording: any RandomAccessBytes
    private let header: Header
    private let eventCount: Int
    /// What its pages show beside their HTML, by their addresses.
    private let assets: TermMap

    /// How many bytes of a recording are written at a time; base64 has no padding in between.
    private static let pieceByteCount = 3 << 16
    /// What stands for the recording until it is written.
    private static let place = "\u{0}"

    /// Reads what is to be known of a recording.
    ///
    /// - Parameters:
    ///   - recording: its bytes, which the file will hold as they are.
    ///   - assets: where style sheets, fonts and images of its pages are looked for that it does not hold; the file will hold them.
    public init(
        _ recording: any RandomAccessBytes, assets folder: AssetFolder? = nil, limits: ReaderLimits = .default
    ) throws(ReelError) {
        self.recording = recording
        let file = try RecordingFile(recording, limits: limits)
        header = try file.header
        eventCount = try file.eventCount
        let assets = try file.pageAssets(folder: folder)
        let addresses = folder == nil ? Set(assets.recorded.keys) : try file.pageAddresses()
        self.assets = TermMap(
            addresses.sorted().compactMap { address in
                assets.asset(at: address).map { TermMap.Pair(.string(address), .string($0.shownText)) }
            })
    }

    /// Writes the file. What it holds of the recording at a time is bounded.
    public func write(to sink: some ByteSink) throws {
        var sink = sink
        let page = ServerPages.page("export", try values)
        let parts = page.split(separator: PlayerFile.place, omittingEmptySubsequences: false)
        try sink.write(Array((parts.first ?? "").utf8))
        var position = 0
        while position < recording.byteCount {
            let end = min(position + PlayerFile.pieceByteCount, recording.byteCount)
            try sink.write(Array(Data(try recording.read(position..<end)).base64EncodedString().utf8))
            position = end
        }
        for part in parts.dropFirst() { try sink.write(Array(part.utf8)) }
    }

    private var values: [String: Any] {
        get throws {
            let (script, style) = (try PlayerFile.script.get(), PlayerFile.style)
            var values: [String: Any] = [
                "id": header.id ?? "", "view": header.view ?? "(no view)", "eventCount": Shown.count(eventCount),
                "facts": facts, "recording": PlayerFile.place, "script": script, "style": style,
                "assets": Term.map(assets).json(style: JSONStyle(isHTMLSafe: true)),
                "policy": "default-src 'none'; script-src '\(PlayerFile.hash(script))'; "
                    + "style-src '\(PlayerFile.hash(style))'; worker-src blob:; img-src data:; font-src data:; base-uri 'none'; "
                    + "form-action 'none'",
            ]
            values["url"] = header.url
            values["device"] = Device.name(header)
            if let connectedAt = header.connectedAt {
                values["connected"] = Shown.date(connectedAt)
                values["timestamp"] = Shown.timestamp(connectedAt)
            }
            return values
        }
    }

    /// What the player needs to know, as JSON: as in ``Routes``, but without links.
    private var facts: String {
        func text(_ value: String?) -> Term { value.map { .string($0) } ?? .atom(.nil) }
        let facts: TermMap = [
            "id": text(header.id), "view": text(header.view), "url": text(header.url), "isFinished": .atom(.true),
            "eventCount": .integer(eventCount), "event": .atom(.nil), "links": .map([:]),
        ]
        return Term.map(facts).json(style: JSONStyle(isHTMLSafe: true))
    }

    private static let script = Result<String, ScriptBundle.Failure> { () throws(ScriptBundle.Failure) in
        var modules: [String: String] = [:]
        for file in EmbeddedFile.all where file.name.hasSuffix(".js") {
            modules[file.name] = String(decoding: file.bytes, as: UTF8.self)
        }
        return try ScriptBundle(running: "player.js", of: modules).text
    }

    private static let style: String = ["dashboard.css", "player.css"].map { name in
        String(decoding: EmbeddedFile.all.first { $0.name == name }?.bytes ?? [], as: UTF8.self)
    }.joined()

    /// The source that a policy names a script or style by.
    private static func hash(_ text: String) -> String {
        "sha256-" + Data(SHA256.digest(of: Array(text.utf8))).base64EncodedString()
    }
}
