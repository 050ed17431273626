import ExternalTerm
import Reel
import ReelDashboard

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
    /// How long the session was active, in milliseconds, unless finding out would have taken too long.
    private let activeTime: Int?
    /// What keeps the rest of the recording from being read.
    let damage: ReelError?

    /// Up to which size, before compression, reading all of a recording takes no time.
    private static let smallByteCount = 16 << 20

    /// - Parameter countsActiveTime: whether the active time is wanted however long it takes.
    init(_ input: inout Input, countsActiveTime: Bool) throws {
        name = input.name
        imported = input.imported
        let bytes = try input.file()
        byteCount = imported?.byteCount ?? bytes.byteCount
        var file: RecordingFile?
        var damage: ReelError?
        var survey = EventSurvey()
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
            let byteCount = entries.reduce(0) { $0.addingReportingOverflow($1.uncompressedByteCount).partialValue }
            let isSmall = (0...RecordingInfo.smallByteCount).contains(byteCount)
            let readsAll = countsActiveTime || isSmall
            if readsAll || summary.kinds[Gap.kind] != nil {
                do throws(ReelError) {
                    try file.forEachEvent { (event) throws(ReelError) in
                        try survey.add(event)
                        return true
                    }
                } catch {
                    damage = error
                }
            }
            activeTime = readsAll && damage == nil ? survey.activeTime : nil
        } else {
            let reader = try RecordingReader(bytes)
            header = reader.header
            let count = try EventCount(header: header)
            do throws(ReelError) {
                while let event = try reader.next() {
                    try count.add(event)
                    try survey.add(event)
                }
            } catch {
                damage = error
            }
            isFinished = reader.summary != nil
            summary = reader.summary ?? count.summary
            activeTime = survey.activeTime
        }
        dropped = RecordingInfo.dropped(header, survey.gaps)
        self.damage = damage
    }
}

extension RecordingInfo {
    private static let layoutNames: [RecordingFile.Layout: String] = [
        .finished: "finished", .unfinished: "unfinished", .sequential: "sequential",
    ]

    /// What is missing by the header, which is written last, or by the gaps.
    private static func dropped(_ header: Header, _ gaps: [Gap]) -> [String: Int] {
        let counts = header.fields[atom: "dropped"].map { [Gap(payload: .map(["dropped": $0]))] } ?? gaps
        return counts.flatMap(\.dropped).reduce(into: [:]) { sums, count in
            sums[count.key.name] = saturatingSum(sums[count.key.name, default: 0], count.value)
        }
    }

    private func text(_ field: Atom) -> String? { header.fields[atom: field]?.text }

    /// The release of the application that ran.
    private var release: String? {
        let code = header.fields[atom: "code"]
        return (code?[atom: "release"] ?? code?.map?[.string("release")])?.text
    }

    /// The visit that the session was part of: Reel's clients write it into the header, PhoenixReplay into `client`.
    private var visit: String? {
        let client = header.fields[atom: "client"]
        return text("visit") ?? (client?[atom: "visit"] ?? client?.map?[.string("visit")])?.text
    }

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
            "device": JSONText(Device.name(header)),
            "release": JSONText(release),
            "visit": JSONText(visit),
            "continues": JSONText(text("continues")),
            "connectedAt": JSONText(header.connectedAt),
            "duration": .integer(summary.duration),
            "activeTime": JSONText(activeTime),
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

    func lines(_ paint: Paint) -> [String] {
        var lines = [paint(name.escaped, .bold)]
        func add(_ label: String, _ value: String?, _ color: Paint.Color? = nil) {
            if let value { lines.append("  \(paint(label.padded(to: 11), .faint))\(paint(value.escaped, color))") }
        }
        func add(_ counts: [String: Int], most: Int) {
            let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            let width = sorted.map(\.value.grouped.count).max() ?? 0
            for (name, count) in sorted.prefix(most) {
                lines.append("    \(count.grouped.padded(to: width, atStart: true)) \(name.escaped)")
            }
            if sorted.count > most { lines.append("    and \((sorted.count - most).of("more name"))") }
        }
        add("recording", "\(header.version), \(form)", damage == nil ? nil : .red)
        if let imported { add("made from", "a file of PhoenixReplay's (\(imported.format.rawValue))") }
        add("id", header.id)
        add("view", header.view)
        add("url", header.url)
        add("device", Device.name(header))
        add("release", release)
        add("visit", visit)
        add("continues", text("continues"))
        add("connected", header.connectedAt?.dateText)
        let active = activeTime.map { ", \(Moment(milliseconds: $0)) active" } ?? ""
        add("duration", "\(Moment(milliseconds: summary.duration))\(active)")
        add("size", size)
        if layout != .sequential {
            add("members", "\(entries.count.grouped), \(keyframeCount.of("keyframe"))")
        }
        add("errors", summary.errorCount.grouped, summary.errorCount > 0 ? .red : nil)
        if gapCount > 0 { add("gaps", gapCount.grouped, .yellow) }
        if !dropped.isEmpty {
            add("dropped", dropped.values.reduce(0, saturatingSum).grouped, .yellow)
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
