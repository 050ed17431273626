import ExternalTerm
import Foundation
import Measured
import Reel
import ReelJSON
import SystemPackage

/// The table of what has been measured.
struct SpeedReport {
    let rounds: Int
    private var sampleNames: [String] = []
    /// One stopwatch a sample.
    private var stopwatches: [Stopwatch] = []
    /// What the neighbours are.
    private var neighbours: [String] = []
    /// What has been measured on other things than samples.
    private var figures: [Figure] = []

    init(rounds: Int) { self.rounds = rounds }

    /// Long work is done in few rounds.
    private var fewRounds: Int { max(rounds / 10, 3) }

    mutating func measure(sample: Sample, path: String, _ options: SpeedCommand) async throws {
        let beam = try options.beam.map { try Neighbour(["escript", $0, path]) }
        let python = try options.python.isEmpty ? nil : Neighbour(options.python + [path])
        neighbours = [beam?.title, python?.title].compactMap(\.self)
        var stopwatch = Stopwatch()
        stopwatch.add("inflate") { try sample.inflate() }
        stopwatch.add("gunzip") { try sample.gunzip() }
        stopwatch.add("events") { try sample.readEvents() }
        stopwatch.add("terms") { try sample.readTerms() }
        stopwatch.add("decode") { try sample.decode() }
        stopwatch.add("encode") { sample.encode() }
        stopwatch.add("json") { try sample.writeJSON(.plain) }
        stopwatch.add("json at once") { try await sample.writeJSONAtOnce() }
        stopwatch.add("tagged json") { try sample.writeJSON(.tagged) }
        for level in [6, 9] {
            stopwatch.add("deflate \(level)") { try sample.deflate(level: level) }
            stopwatch.add("write \(level)") { try sample.write(level: level) }
        }
        if let beam {
            for work in ["gunzip", "terms", "json", "decode", "encode", "encode canonically"] {
                stopwatch.add("beam \(work)", by: beam)
            }
        }
        if let python {
            // Python takes seconds.
            for work in ["erlang_py decode", "erlang_py encode", "erlpack decode", "erlpack encode"] {
                stopwatch.add(work, every: 10, by: python)
            }
        }
        try await stopwatch.run(rounds: rounds)
        sampleNames.append(sample.name)
        stopwatches.append(stopwatch)
    }

    /// What has been measured on the samples.
    private var sampleFigures: [Figure] {
        /// A work of ours beside another's.
        func figure(
            _ what: String, _ name: String, _ unit: Figure.Unit, _ beside: String, _ other: String,
            _ goal: Figure.Goal? = nil
        ) -> Figure {
            let values = stopwatches.map { watch in
                unit == .asFast ? watch.ratio(of: other, to: name) : watch.ratio(of: name, to: other)
            }
            return Figure(what: what, beside: beside, unit: unit, goal: goal, values: values)
        }
        let (json, jsonAtOnce) = ("file → plain JSON", "file → plain JSON, all cores")
        let write = { (level: Int) in
            figure(
                "events → finished file, level \(level)", "write \(level)", .asLong, "`deflate` alone",
                "deflate \(level)", .atMost(1.15))
        }
        return [
            figure("file → every event, no tree", "events", .asLong, "`inflate` alone", "inflate", .atMost(1.5)),
            figure("file → every event, no tree", "events", .asLong, "`inflate` and checksum", "gunzip"),
            figure("`inflate` and checksum, no more", "gunzip", .asLong, "`inflate` alone", "inflate"),
            figure(
                "file → every event as `Term`", "terms", .asFast, "BEAM: gunzip, `binary_to_term`", "beam terms",
                .atLeast(4)),
            figure("ETF bytes → `Term`", "decode", .asFast, "BEAM: `binary_to_term`", "beam decode", .atLeast(3)),
            figure("ETF bytes → `Term`", "decode", .asFast, "Python: `erlang_py`", "erlang_py decode"),
            figure("ETF bytes → `Term`", "decode", .asFast, "Python: `erlpack`", "erlpack decode"),
            figure("`Term` → ETF bytes", "encode", .asFast, "BEAM: `term_to_binary`", "beam encode", .atLeast(1.5)),
            figure(
                "`Term` → ETF bytes", "encode", .asFast, "BEAM: the same, `deterministic` as ours",
                "beam encode canonically", .atLeast(1.5)),
            figure("`Term` → ETF bytes", "encode", .asFast, "Python: `erlang_py`", "erlang_py encode"),
            figure("`Term` → ETF bytes", "encode", .asFast, "Python: `erlpack`", "erlpack encode"),
            figure(json, "json", .asLong, "`inflate` alone", "inflate", .atMost(3.5)),
            figure(json, "json", .asLong, "`inflate` and checksum", "gunzip"),
            figure(json, "json", .asFast, "BEAM: gunzip, mapping, jiffy", "beam json", .atLeast(25)),
            figure(jsonAtOnce, "json at once", .asLong, "`inflate` alone", "inflate"),
            figure(jsonAtOnce, "json at once", .asFast, "BEAM: gunzip, mapping, jiffy", "beam json"),
            figure("file → tagged JSON", "tagged json", .asLong, "`inflate` alone", "inflate"),
            write(6), write(9),
        ].filter { $0.values.contains { $0 != nil } }
    }
}

// MARK: - A recording of many members, and the tool

extension SpeedReport {
    mutating func measure(_ large: LargeRecording) async throws {
        var stopwatch = Stopwatch()
        stopwatch.add("events") { try large.readEvents() }
        stopwatch.add("events at once") { try await large.readEventsAtOnce() }
        stopwatch.add("terms") { try large.readTerms() }
        stopwatch.add("terms at once") { try await large.readTermsAtOnce() }
        stopwatch.add("json") { try large.writeJSON() }
        stopwatch.add("json at once") { try await large.writeJSONAtOnce() }
        stopwatch.add("rewriting") { try large.rewrite() }
        stopwatch.add("rewriting at once") { try await large.rewriteAtOnce() }
        try await stopwatch.run(rounds: fewRounds)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        for (what, name) in [
            ("file → every event, no tree", "events"), ("file → every event as `Term`", "terms"),
            ("file → plain JSON", "json"), ("events → finished file, level 6, read meanwhile", "rewriting"),
        ] {
            figures.append(
                Figure(
                    what: "1 GB: \(what), \(cores) cores", beside: "one core", unit: .asFast, goal: .atLeast(3),
                    values: [stopwatch.ratio(of: name, to: "\(name) at once")]))
        }
    }

    mutating func measureLooks(_ large: LargeRecording) throws {
        let event = try large.look(at: 64, rounds: rounds) { file, index in _ = try file.event(at: index) }
        let state = try large.look(at: 64, rounds: rounds) { file, index in
            guard let last = file.entries.last else { return }
            // Events come about evenly: this is about the time of the event.
            let time = last.lastOffset * index / max(last.endEvent, 1)
            if let event = try file.lastEvent(before: time) { _ = try file.state(after: event.index) }
        }
        for (what, look) in [("one event by index", event), ("the state at a time", state)] {
            figures.append(
                Figure(
                    what: "1 GB: \(what), the file opened for it", beside: "", unit: .milliseconds, goal: .under(5),
                    values: [look.time.milliseconds]))
            figures.append(
                Figure(
                    what: "1 GB: \(what), members read", beside: "the index included", unit: .members,
                    goal: .atMost(2), values: [Double(look.memberCount)]))
        }
    }

    mutating func measureStart(_ tool: Tool, sample path: String) async throws {
        let recording = try tool.file("sample.reel", Sample(phoenixReplay: path).recording)
        var stopwatch = Stopwatch()
        stopwatch.add("--version", timing: { try tool.time([tool.path, "--version"]) })
        stopwatch.add("info", timing: { try tool.time([tool.path, "info", recording]) })
        try await stopwatch.run(rounds: rounds)
        for (what, name) in [("`reel --version`", "--version"), ("`reel info FILE`", "info")] {
            figures.append(
                Figure(
                    what: "\(what) as a process", beside: "", unit: .milliseconds, goal: .under(15),
                    values: [stopwatch.least[name]?.milliseconds]))
        }
    }

    /// What the tool takes, beside `gzip`.
    mutating func measure(_ large: LargeRecording, _ tool: Tool) async throws {
        let commands = ["events", "json", "validate"]
        let gzip = ["gzip", "-dc", large.path]
        var stopwatch = Stopwatch()
        stopwatch.add("gzip", timing: { try tool.time(gzip) })
        for command in commands { stopwatch.add(command, timing: { try tool.time([tool.path, command, large.path]) }) }
        try await stopwatch.run(rounds: fewRounds)
        for command in commands {
            figures.append(
                Figure(
                    what: "1 GB: `reel \(command)` as a process", beside: "`gzip -dc` as a process", unit: .asLong,
                    goal: nil, values: [stopwatch.ratio(of: command, to: "gzip")]))
        }
        // On a pipe there is but one place to read from.
        let pipe = ["sh", "-c", #"exec "$0" json - < "$1""#, tool.path, large.path]
        for (name, command) in commands.map({ ($0, [tool.path, $0, large.path]) }) + [("json -", pipe)] {
            figures.append(
                Figure(
                    what: "1 GB: memory of `reel \(name)`", beside: "", unit: .megabytes, goal: .under(24),
                    values: [try tool.memory(command)]))
        }
        figures.append(
            Figure(
                what: "1 GB: memory of `gzip -dc`", beside: "", unit: .megabytes, goal: nil,
                values: [try tool.memory(gzip)]))
    }

    /// Terms that come through a pipe, made lines of JSON: a million are timed, and all of them fill the memory.
    mutating func measure(
        terms: String, _ tool: Tool, beside neighbours: [(title: String, command: [String])]
    ) async throws {
        let ours = [tool.path, "json", "-"]
        // A term and its length take 104 bytes.
        let pipe = ["sh", "-c", #"input=$0 && head -c 104000000 "$input" | "$@""#, terms]
        var stopwatch = Stopwatch()
        stopwatch.add("reel", timing: { try tool.time(pipe + ours) })
        for (title, command) in neighbours { stopwatch.add(title, timing: { try tool.time(pipe + command) }) }
        try await stopwatch.run(rounds: fewRounds)
        for (title, _) in neighbours {
            figures.append(
                Figure(
                    what: "terms of 100 bytes on a pipe → lines of JSON", beside: title, unit: .asFast, goal: nil,
                    values: [stopwatch.ratio(of: title, to: "reel")]))
        }
        figures.append(
            Figure(
                what: "1 GB of terms of 100 bytes: memory of `reel json -`", beside: "", unit: .megabytes,
                goal: .under(24), values: [try tool.memory(["sh", "-c", #"exec "$@" < "$0""#, terms] + ours)]))
    }

    mutating func measureSizes(_ paths: [String]) throws {
        let folders = Dictionary(grouping: paths) {
            URL(fileURLWithPath: $0).deletingLastPathComponent().lastPathComponent
        }
        for (folder, paths) in folders.sorted(by: { $0.key < $1.key }) {
            var (size, original) = (0, 0)
            for path in paths {
                let file = try [UInt8](contentsOf: FilePath(path))
                let sink = NullSink()
                _ = try PhoenixReplayImporter(MemorySource(file)).write(to: sink)
                original += file.count
                size += sink.byteCount
            }
            let version = folder.split(separator: "-").last ?? ""
            figures.append(
                Figure(
                    what: "size of \(paths.count) finished recordings", beside: "PhoenixReplay \(version)'s files",
                    unit: .share, goal: .atMost(1), values: [Double(size) / Double(original)]))
        }
    }
}

// MARK: - Output

extension SpeedReport {
    /// A line for each figure, with the least and the greatest of the samples.
    private func summary(of figures: [Figure]) -> Table {
        var table = Table(["what", "beside", "goal", "measured", ""])
        table.rows = figures.map { [$0.what, $0.beside, $0.goalText, $0.range, $0.verdict] }
        return table
    }

    /// The figures of each sample.
    private var details: Table {
        var table = Table(["what", "beside"] + sampleNames)
        table.rows = sampleFigures.map { figure in
            [figure.what, figure.beside] + figure.values.map { $0.map { figure.unit.text(of: $0) } ?? "–" }
        }
        return table
    }

    private var notes: String {
        var notes = "The least of \(rounds) rounds, in turns"
        if !neighbours.isEmpty { notes += " with \(neighbours.joined(separator: " and "))" }
        notes += ", on \(ProcessInfo.processInfo.activeProcessorCount) cores.\n"
        for (name, stopwatch) in zip(sampleNames, stopwatches) {
            for (_, reason) in stopwatch.failures.sorted(by: { $0.key < $1.key }) { notes += "\(name): \(reason)\n" }
        }
        return notes
    }

    var text: String {
        // Backquotes are Markdown's.
        let plain = { (table: Table) in
            var table = table
            table.rows = table.rows.map { row in row.map { $0.replacing("`", with: "") } }
            return table.text
        }
        return plain(summary(of: sampleFigures + figures)) + "\n" + plain(details) + "\n" + notes
    }

    /// The goals, then each sample, then what else has been measured.
    var markdown: String {
        let goals = summary(of: (sampleFigures + figures).filter { $0.goal != nil })
        let others = summary(of: figures.filter { $0.goal == nil })
        return [goals.markdown, details.markdown, others.markdown, notes].joined(separator: "\n")
    }
}
