import ExternalTerm
import Glibc
import Reel
import ReelStore
import ReelStoreConformance
import ReelStorePostgres
import ReelStoreSQLite
import SystemPackage

// Measures a store: LOCATION COUNT. The store is filled with COUNT recordings, so it should be empty at first.
//
// write FOLDER writes the recordings that finishes are measured with as files, for who is measured beside the stores.

func open(_ location: StoreLocation) async throws -> any RecordingStore {
    switch location {
    case .folder(let path): try FileStore(FilePath(path))
    case .sqlite(let path): try SQLiteStore(path)
    case .postgres(let url): try await PostgresStore(url)
    case .phoenixReplay(let url): try await PhoenixReplayStore(url)
    }
}

func say(_ name: String, _ value: String) {
    print(name + String(repeating: " ", count: max(44 - name.count, 1)) + value)
}

func milliseconds(_ duration: Duration) -> String {
    let microseconds = Int(duration / .microseconds(1))
    let rest = String(microseconds % 1_000)
    return "\(microseconds / 1_000).\(String(repeating: "0", count: 3 - rest.count))\(rest) ms"
}

/// The middle one of several measurements.
func median(of count: Int, _ body: () async throws -> Void) async throws -> Duration {
    var durations: [Duration] = []
    for _ in 0..<count { durations.append(try await ContinuousClock().measure(body)) }
    return durations.sorted()[count / 2]
}

/// Keeps recordings from several tasks, and returns how many were finished a second.
func fill(_ store: any RecordingStore, _ recordings: [(RecordingID, [UInt8])], tasks: Int) async throws -> Duration {
    try await ContinuousClock().measure {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    for index in stride(from: task, to: recordings.count, by: tasks) {
                        try await store.put(recordings[index].1, as: recordings[index].0)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

func session(_ name: String, _ index: Int, events: Int) throws -> (RecordingID, [UInt8]) {
    var random = SeededNumbers(seed: UInt64(index))
    var session = SampleSession(
        "\(name)-\(index)", view: "View\(index % 50)", url: "https://shop.example/item/\(index)",
        connectedAt: 1_700_000_000_000 + index * 1_000)
    session.events = (0..<events).map { number in
        let value = Int.random(in: 0..<1 << 48, using: &random)
        return number % 2 == 0
            ? (
                number * 75, "event",
                .map(["name": .string("validate"), "params": .map(["text": .string("\(value)")])])
            )
            : (number * 75, "render", .map(["assigns": .map(["value": .integer(value)])]))
    }
    return (session.id, try session.bytes())
}

let typical = try (0..<2_000).map { try session("typical", $0, events: 400) }
if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "write" {
    for (id, bytes) in typical {
        let path = FilePath(CommandLine.arguments[2]).appending("\(id)")
        let file = try FileDescriptor.open(path, .writeOnly, options: .create, permissions: [.ownerReadWrite])
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }
    exit(0)
}
guard CommandLine.arguments.count == 3, let count = Int(CommandLine.arguments[2]), count >= 1_000 else {
    print("usage: store-benchmark LOCATION COUNT (1000 or more), or write FOLDER")
    exit(64)
}
let location = try StoreLocation(CommandLine.arguments[1])
let store = try await open(location)

let byteCount = typical.reduce(0) { $0 + $1.1.count } / typical.count
for tasks in [1, 16] {
    let part = Array(tasks == 1 ? typical[..<400] : typical[400...])
    let duration = try await fill(store, part, tasks: tasks)
    say("finishes/s of \(byteCount) bytes, \(tasks) at once", "\(Int(Double(part.count) / (duration / .seconds(1))))")
}
var filled = typical.count
var filling = Duration.zero
while filled < count {
    let part = try (filled..<min(filled + 4_000, count)).map { try session("small", $0, events: 4) }
    filling += try await fill(store, part, tasks: 16)
    filled += part.count
}
if filling > .zero {
    say("finishes/s of small ones, 16 at once", "\(Int(Double(count - typical.count) / (filling / .seconds(1))))")
}

let first = try await ContinuousClock().measure {
    let other = try await open(location)
    _ = try await other.page()
    await other.close()
}
say("open, first page of \(count), first time", milliseconds(first))
say(
    "open, first page",
    milliseconds(
        try await median(of: 11) {
            let other = try await open(location)
            _ = try await other.page()
            await other.close()
        }))
say("first page", milliseconds(try await median(of: 51) { _ = try await store.page() }))
let middle = RecordingCursor(
    order: .newestFirst, value: 1_700_000_000_000 + count / 2 * 1_000, id: try RecordingID("small"))
say(
    "page in the middle",
    milliseconds(
        try await median(of: 51) { _ = try await store.page(RecordingQuery(), after: middle, limit: 50) }))
say(
    "first page of one view",
    milliseconds(try await median(of: 21) { _ = try await store.page(RecordingQuery(view: "View7")) }))
say(
    "first page of a search",
    milliseconds(try await median(of: 21) { _ = try await store.page(RecordingQuery(text: "validate view7 item")) }))
say(
    "first page, the largest first",
    milliseconds(try await median(of: 11) { _ = try await store.page(RecordingQuery(order: .largestFirst)) }))
var next = 0
say(
    "fetch one recording",
    milliseconds(
        try await median(of: 501) {
            let content = try await store.open(typical[next].0)
            _ = try await content.bytes(0..<content.byteCount)
            next += 1
        }))
let large = LargeRecording(byteCount: 50_000_000)
let id = try RecordingID("large")
var offset = 0
try await large.forEachPiece { piece in
    try await store.append(piece, to: id, at: offset)
    offset += piece.count
}
say(
    "one event by its index, of \(offset / 1_000_000) MB",
    milliseconds(
        try await median(of: 21) {
            next += 31
            let index = next % large.eventCount
            let content = try await store.open(id)
            _ = try await content.reading { try RecordingFile($0).event(at: index).offset }
        }))
await store.close()
