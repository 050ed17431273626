import Reel
import Synchronization

/// A page of a listing that is put together from catalogues and running sessions.
package struct Listing {
    private let query: RecordingQuery
    private let cursor: RecordingCursor?
    private let limit: Int
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
    }

    /// Adds a recording if it is asked for.
    package mutating func add(_ recording: StoredRecording) {
        let value = recording.value(of: query.order.key)
        guard query.matches(recording), cursor?.precedes(value, recording.id) != false else { return }
        candidates.append(Candidate(value: value, place: .recording(recording)))
    }

    /// Adds what is asked for of catalogues, which are looked through at the same time.
    mutating func add(_ catalogues: [CatalogueBytes]) {
        let empty = self
        let parts = Mutex<[Int: Listing]>([:])
        BlockingWork.forEach(catalogues.count) { index in
            var part = Listing(empty.query, after: empty.cursor, limit: empty.limit)
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
        // than the page has says whether there is a next one; those that are running as well may be left out again.
        var rows = Array(0..<catalogue.count)[...]
        if let cursor {
            let split = catalogue.rows(through: cursor.value, cursor.id)
            rows = query.order.isAscending ? rows[..<min(split, catalogue.count)] : rows[split...]
        }
        var found = 0
        while found <= limit, let row = query.order.isAscending ? rows.popLast() : rows.popFirst() {
            if add(row, of: catalogue) { found += 1 }
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
            guard let recording = catalogue.recording(at: index), query.matchesText(recording) else { return false }
        }
        candidates.append(Candidate(value: value, place: .row(catalogue: catalogues.count - 1, row: index)))
        return true
    }

    private func id(of candidate: Candidate) -> RecordingID? {
        switch candidate.place {
        case .recording(let recording): recording.id
        case .row(let catalogue, let row): catalogues[catalogue].id(at: row)
        }
    }

    /// The page.
    ///
    /// - Parameter seen: running sessions, which may have been finished, and so be in a catalogue too, meanwhile.
    package func page(without seen: Set<RecordingID> = []) -> RecordingPage {
        let isAscending = query.order.isAscending
        let sorted = candidates.sorted { left, right in
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
                guard let recording = catalogues[catalogue].recording(at: row), !seen.contains(recording.id),
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
