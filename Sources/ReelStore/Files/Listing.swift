import Reel
import Synchronization

/// A page of a listing that is put together from catalogues and running sessions.
package struct Listing {
    private let query: RecordingQuery
    private let cursor: RecordingCursor?
    private let limit: Int
    /// Those words that are searched for which are ASCII, by which most rows are passed over.
    private let words: [[UInt8]]
    /// Running sessions that have been added, which may have been finished, and so be in a catalogue too, meanwhile.
    private var running: Set<RecordingID> = []
    private var candidates: [Candidate] = []
    private var catalogues: [CatalogueBytes] = []

    /// A recording that may be on the page.
    private struct Candidate {
        var value: Int
        var place: Place

        enum Place {
            case recording(StoredRecording)
            /// A row of a catalogue.
            case row(catalogue: Int, row: Int)
        }
    }

    package init(_ query: RecordingQuery, after cursor: RecordingCursor?, limit: Int) {
        self.query = query
        self.cursor = cursor
        self.limit = limit
        words = query.words.map { Array($0.utf8) }.filter { $0.allSatisfy { $0 < 0x80 } }
    }

    /// Adds a recording if it is asked for.
    package mutating func add(_ recording: StoredRecording) {
        let value = recording.value(of: query.order.key)
        guard query.matches(recording), cursor?.precedes(value, recording.id) != false else { return }
        candidates.append(Candidate(value: value, place: .recording(recording)))
    }

    /// Adds a running session if it is asked for; what catalogues say of it is left out.
    mutating func add(running recording: StoredRecording) {
        running.insert(recording.id)
        add(recording)
    }

    /// Adds what is asked for of catalogues, which are looked through at the same time.
    mutating func add(_ catalogues: [CatalogueBytes]) {
        let empty = self
        let parts = Guarded<[Int: Listing]>([:])
        BlockingWork.forEach(catalogues.count) { index in
            var part = Listing(empty.query, after: empty.cursor, limit: empty.limit)
            part.running = empty.running
            part.add(catalogues[index])
            parts.withLock { $0[index] = part }
        }
        for part in parts.withLock({ $0 }).values {
            let first = self.catalogues.count
            self.catalogues += part.catalogues
            candidates += part.candidates.map { candidate in
                guard case .row(let catalogue, let row) = candidate.place else { return candidate }
                return Candidate(value: candidate.value, place: .row(catalogue: first + catalogue, row: row))
            }
        }
    }

    private mutating func add(_ catalogue: CatalogueBytes) {
        catalogues.append(catalogue)
        guard query.order.key == .connected else {
            for row in 0..<catalogue.count { _ = add(row, of: catalogue) }
            return
        }
        // Rows stand in the order of time, so that what comes before the place, and after the page, is not looked at. One more
        // than the page has says whether there is a next one; those that are left out again do not count.
        var rows = Array(0..<catalogue.count)[...]
        if let cursor {
            let split = catalogue.rows(through: cursor.value, cursor.id)
            rows = query.order.isAscending ? rows[..<min(split, catalogue.count)] : rows[split...]
        }
        var found = 0
        while found <= limit, let row = query.order.isAscending ? rows.popLast() : rows.popFirst() {
            if add(row, of: catalogue), !isRunning(row, of: catalogue) { found += 1 }
        }
    }

    private mutating func add(_ index: Int, of catalogue: CatalogueBytes) -> Bool {
        let row = catalogue.row(at: index)
        guard query.matchesNumbers(row) else { return false }
        let value = row.value(of: query.order.key)
        if let cursor {
            guard value != cursor.value || catalogue.id(at: index).map({ cursor.precedes(value, $0) }) == true else {
                return false
            }
            guard query.order.isAscending ? value >= cursor.value : value <= cursor.value else { return false }
        }
        if query.asksForText {
            // The view is soon read, and leaves little to be read whole.
            if let view = query.view {
                guard let other = catalogue.view(at: index), other.utf8.elementsEqual(view.utf8) else { return false }
            }
            guard catalogue.mayHave(words, at: index), let recording = catalogue.recording(at: index),
                query.matchesText(recording)
            else { return false }
        }
        candidates.append(Candidate(value: value, place: .row(catalogue: catalogues.count - 1, row: index)))
        return true
    }

    private func isRunning(_ index: Int, of catalogue: CatalogueBytes) -> Bool {
        !running.isEmpty && catalogue.id(at: index).map(running.contains) == true
    }

    private func id(of candidate: Candidate) -> RecordingID? {
        switch candidate.place {
        case .recording(let recording): recording.id
        case .row(let catalogue, let row): catalogues[catalogue].id(at: row)
        }
    }

    /// The page.
    package func page() -> RecordingPage {
        let isAscending = query.order.isAscending
        // Most of many are far from the page, which numbers alone tell. Each recording may be there twice while it is moved.
        let most = 2 * (limit + 1 + running.count)
        var near = candidates
        if near.count > most {
            let edge = near.map(\.value).sorted(by: isAscending ? { $0 < $1 } : { $0 > $1 })[most - 1]
            near.removeAll { isAscending ? $0.value > edge : $0.value < edge }
        }
        let sorted = near.sorted { left, right in
            if left.value != right.value { return (left.value < right.value) == isAscending }
            guard let leftID = id(of: left), let rightID = id(of: right) else { return false }
            return isAscending ? leftID < rightID : rightID < leftID
        }
        var recordings: [StoredRecording] = []
        var last: RecordingID?
        for candidate in sorted {
            switch candidate.place {
            case .recording(let recording): recordings.append(recording)
            case .row(let catalogue, let row):
                guard let recording = catalogues[catalogue].recording(at: row), !running.contains(recording.id),
                    recording.id != last
                else { continue }
                recordings.append(recording)
            }
            last = recordings.last?.id
            if recordings.count > limit { break }
        }
        let hasMore = recordings.count > limit
        if hasMore { recordings.removeLast() }
        return RecordingPage(
            recordings: recordings,
            next: hasMore ? recordings.last.map { RecordingCursor(after: $0, in: query.order) } : nil)
    }
}
