import ExternalTerm
import Reel

/// What `reel info` says of a recording.
struct RecordingInfo {
    private let name: String
    private let byteCount: Int
    private let imported: Input.Imported?
    private let header: Header
    private let layout: RecordingFile.Layout
    private let entries: [IndexEntry]
    /// What the events add up to; counted here when the recording does not say.
    private let summary: Summary
    private let isFinished: Bool
    /// How many events are missing, by their kind, as far as the recording says.
    private let dropped: [String: Int]
    /// What keeps the rest of the recording from being read.
    let damage: ReelError?

    init(_ input: inout Input) throws {
        name = input.name
        imported = input.imported
        let bytes = try input.file()
        byteCount = imported?.byteCount ?? bytes.byteCount
        var file: RecordingFile?
        var damage: ReelError?
        var gaps: [Gap] = []
        do throws(ReelError) {
            file = try RecordingFile(bytes)
            _ = try file?.header
        } catch {
            // What the way in from the end does not find, the way from the start may.
            guard error.kind == .malformedIndex else { throw error }
            damage = error
        }
        layout = file?.layout ?? .unfinished
        entries = file?.entries ?? []
        if let file, layout == .finished, let summary = try file.summary {
            header = try file.header
            self.summary = summary
            isFinished = true
            gaps = summary.kinds[Gap.kind] == nil ? [] : try RecordingInfo.gaps(of: file)
        } else {
            let reader = try RecordingReader(bytes)
            header = reader.header
            let count = try EventCount(header: header)
            do throws(ReelError) {
                while let event = try reader.next() {
                    try count.add(event)
                    if let gap = try Gap(event) { gaps.append(gap) }
                }
            } catch {
                damage = error
            }
            isFinished = reader.summary != nil
            summary = reader.summary ?? count.summary
        }
        dropped = RecordingInfo.dropped(header, gaps)
        self.damage = damage
    }
}

extension RecordingInfo {
    private static let layoutNames: [RecordingFile.Layout: String] = [
        .finished: "finished", .unfinished: "unfinished", .sequential: "sequential",
    ]

    private static func gaps(of file: RecordingFile) throws(ReelError) -> [Gap] {
        var gaps: [Gap] = []
        try file.forEachEvent { (event) throws(ReelError) in
            if let gap = try Gap(event) { gaps.append(gap) }
            return true
        }
        return gaps
    }

    /// What is missing by the header, which is written last, or by the gaps.
    private static func dropped(_ header: Header, _ gaps: [Gap]) -> [String: Int] {
        let counts = header.fields[atom: "dropped"].map { [Gap(payload: .map(["dropped": $0]))] } ?? gaps
        return counts.flatMap(\.dropped).reduce(into: [:]) { sums, count in
            let (sum, overflows) = sums[count.key.name, default: 0].addingReportingOverflow(count.value)
            sums[count.key.name] = overflows ? .max : sum
        }
    }

    private func text(_ field: Atom) -> String? { header.fields[atom: field]?.text }

    var json: JSONText {
        [
            "file": .string(name),
            "bytes": .integer(byteCount),
            "version": .string("\(header.version)"),
            "importedFrom": JSONText(imported?.format.rawValue),
            "layout": JSONText(RecordingInfo.layoutNames[layout]),
            "finished": .boolean(isFinished),
            "damage": JSONText(damage?.description),
            "id": JSONText(header.id),
            "view": JSONText(header.view),
            "url": JSONText(header.url),
            "visit": JSONText(text("visit")),
            "continues": JSONText(text("continues")),
            "connectedAt": JSONText(header.connectedAt),
            "duration": .integer(summary.duration),
            "events": .integer(summary.eventCount),
            "kinds": JSONText(counts: kinds),
            "names": JSONText(counts: summary.names),
            "errors": .integer(summary.errorCount),
            "gaps": .integer(gapCount),
            "dropped": JSONText(counts: dropped),
            "reason": isFinished ? .string(summary.reason.description) : .null,
            "members": layout == .sequential ? .null : .integer(entries.count),
            "keyframes": layout == .sequential ? .null : .integer(keyframeCount),
            "uncompressedBytes": layout == .sequential ? .null : .integer(uncompressedByteCount),
        ]
    }

    var lines: [String] {
        var lines = [name.escaped]
        func add(_ label: String, _ value: String?) {
            if let value { lines.append("  \(label.padded(to: 11))\(value.escaped)") }
        }
        func add(_ counts: [String: Int], most: Int) {
            let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            let width = sorted.map(\.value.grouped.count).max() ?? 0
            for (name, count) in sorted.prefix(most) {
                lines.append("    \(count.grouped.padded(to: width, atStart: true)) \(name.escaped)")
            }
            if sorted.count > most { lines.append("    and \((sorted.count - most).of("more name"))") }
        }
        add("recording", "\(header.version), \(form)")
        if let imported { add("made from", "a file of PhoenixReplay's (\(imported.format.rawValue))") }
        add("id", header.id)
        add("view", header.view)
        add("url", header.url)
        add("visit", text("visit"))
        add("continues", text("continues"))
        add("connected", header.connectedAt?.dateText)
        add("duration", "\(Moment(milliseconds: summary.duration))")
        add("size", size)
        if layout != .sequential {
            add("members", "\(entries.count.grouped), \(keyframeCount.of("keyframe"))")
        }
        add("errors", summary.errorCount.grouped)
        if gapCount > 0 { add("gaps", gapCount.grouped) }
        if !dropped.isEmpty {
            add(
                "dropped", dropped.values.reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }.grouped
            )
            add(dropped, most: 10)
        }
        add("events", summary.eventCount.grouped)
        add(kinds, most: .max)
        if !summary.names.isEmpty {
            add("names", summary.names.values.reduce(0) { $0 + $1 }.grouped)
            add(summary.names, most: 10)
        }
        return lines
    }

    private var kinds: [String: Int] {
        Dictionary(summary.kinds.map { ($0.key.name, $0.value) }, uniquingKeysWith: +)
    }

    private var gapCount: Int { summary.kinds[Gap.kind] ?? 0 }

    private var keyframeCount: Int { entries.count(where: \.startsWithKeyframe) }

    private var uncompressedByteCount: Int { entries.reduce(0) { $0 + $1.uncompressedByteCount } }

    private var form: String {
        let state = damage != nil ? "damaged" : isFinished ? "finished (\(summary.reason))" : "unfinished"
        switch layout {
        case .finished: return state
        case .unfinished: return "\(state), without an index"
        case .sequential: return "\(state), plain: without members that say what they hold"
        }
    }

    private var size: String {
        let size = byteCount.of("byte")
        guard imported == nil, layout != .sequential, uncompressedByteCount > 0 else { return size }
        return "\(size), \(byteCount.share(of: uncompressedByteCount)) of \(uncompressedByteCount.grouped)"
    }
}

/// Counts events whose recording does not say how many they are, as a writer does: by writing them, to nowhere.
private struct EventCount {
    private struct Nowhere: ByteSink {
        func write(_ bytes: [UInt8]) {}
    }

    private let writer: RecordingWriter

    init(header: Header) throws(ReelError) {
        writer = try RecordingWriter(
            to: Nowhere(), header: header, options: WriterOptions(level: 0, writesKeyframes: false))
    }

    func add(_ event: Event) throws(ReelError) { try writer.append(event) }

    var summary: Summary { writer.summary }
}
