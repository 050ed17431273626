import Reel
import ReelJSON
import ReelStore
import SystemPackage

/// The recordings of a store as lines of JSON, one recording after the other, each line with its recording's id. Implements
/// Spec/json.md §2.2.
struct StoreLines {
    private let location: StoreLocation
    private let filter: EventFilter
    private let options: RecordingJSONOptions

    /// The store that an argument names, or nil when it names a file.
    init?(_ argument: String, filter: EventFilter, options: RecordingJSONOptions) throws {
        if let file = try? FilePath(argument).stat() {
            guard file.type == .directory else { return nil }
            location = .folder(argument)
        } else if argument != "-", let location = try? StoreLocation(argument), location != .folder(argument) {
            self.location = location
        } else {
            return nil
        }
        (self.filter, self.options) = (filter, options)
    }

    /// Whether the store is a folder, which other commands take no recording from.
    var isFolder: Bool {
        guard case .folder = location else { return false }
        return true
    }

    /// The ids that a file has, one a line.
    ///
    /// - Throws: `StoreError` when one is none.
    static func ids(in input: Input) throws -> [RecordingID] {
        try String(decoding: input.contents(), as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
            try RecordingID(line)
        }
    }

    /// Writes the recordings, the oldest first, or those with some ids, in their order. A damaged one does not stop the others.
    ///
    /// - Returns: the status that the command ends with.
    func write(_ ids: [RecordingID]?, to sink: any ByteSink) async throws -> ExitStatus {
        try await StoreAccess.with(location) { store in
            var (status, eventCount) = (ExitStatus.fine, 0)
            func write(_ id: RecordingID, isKnown: Bool) async throws {
                do {
                    eventCount += try await self.write(id, of: store, to: sink)
                } catch let error as StoreError where error.kind == .notFound && isKnown {
                    // It has been deleted since it was listed.
                } catch let error as StoreError where error.kind == .notFound {
                    status = max(status, say(error, of: id))
                } catch let error as ReelError where error.kind != .inputOutput {
                    status = max(status, say(error, of: id))
                }
            }
            if let ids {
                for id in ids { try await write(id, isKnown: false) }
            } else {
                let query = RecordingQuery(order: RecordingQuery.Order(.connected, ascending: true))
                for try await recording in store.recordings(query) { try await write(recording.id, isKnown: true) }
            }
            if !filter.isEmpty, eventCount == 0 {
                throw Failure(.inputFellShort, "no event is as the filters ask", input: "\(location)")
            }
            return status
        }
    }

    /// Writes a recording, and returns how many events a filter has let through.
    private func write(_ id: RecordingID, of store: any RecordingStore, to sink: any ByteSink) async throws -> Int {
        let content = try await store.open(id)
        var options = options
        options.lineID = id.text
        guard !filter.isEmpty else {
            try await RecordingJSONWriter.write(content, to: sink, options: options)
            return 0
        }
        let source = EventSource(try RecordingFile(content))
        let json = try RecordingJSONWriter(to: sink, header: source.header, options: options)
        var eventCount = 0
        var selection = EventSelection(filter) { event in
            try json.write(event)
            eventCount += 1
        }
        var failure: (any Error)?
        do {
            try selection.add(contentsOf: source)
        } catch {
            failure = error
        }
        try selection.finish()
        try json.finish(summary: source.summary)
        if let failure { throw failure }
        return eventCount
    }

    private func say(_ error: any Error, of id: RecordingID) -> ExitStatus {
        let failure = Failure(wrapping: error, input: "\(location): \(id)")
        StandardError.say(failure)
        return failure.status
    }
}
