import ExternalTerm
import Reel
import Zlib

/// The bytes of a catalogue: what a listing says of the finished recordings of one folder, the newest first.
///
/// ```text
/// "REELCAT1" | CRC-32 of the rest | the folder's time | how many | a row each | text
/// ```
///
/// Rows have one size and hold numbers, so that a listing finds its place and filters without looking at text.
struct CatalogueBytes {
    private let bytes: [UInt8]
    /// How many recordings there are.
    let count: Int
    /// When the folder was last changed when it was read, in nanoseconds since 1970; 0 when it may have changed since.
    let folderModified: Int

    private static let magic = Array("REELCAT1".utf8)
    private static let headByteCount = 32
    private static let rowByteCount = 88

    private enum Column: Int {
        case connected, saved, byteCount, duration, events, errors, modified, fileByteCount, inode, flags, text
    }

    private enum Flag {
        static let finished = 1
        static let connected = 2
    }

    /// What a catalogue says of one recording.
    struct Entry {
        var recording: StoredRecording
        var stamp: FileSystem.Stamp
    }

    /// Writes a catalogue.
    init(_ entries: [Entry], folderModified: Int) {
        let entries = entries.sorted {
            ($1.recording.connectedAt ?? 0, $1.recording.id) < ($0.recording.connectedAt ?? 0, $0.recording.id)
        }
        var writer = ByteWriter()
        writer.write(CatalogueBytes.magic)
        writer.write(fixed: 0)
        writer.write(fixed: folderModified)
        writer.write(fixed: entries.count)
        var text = ByteWriter()
        let textStart = CatalogueBytes.headByteCount + entries.count * CatalogueBytes.rowByteCount
        for entry in entries {
            let recording = entry.recording
            writer.write(fixed: recording.connectedAt ?? 0)
            writer.write(fixed: recording.savedAt)
            writer.write(fixed: recording.byteCount)
            writer.write(fixed: recording.duration)
            writer.write(fixed: recording.eventCount)
            writer.write(fixed: recording.errorCount)
            writer.write(fixed: entry.stamp.modified)
            writer.write(fixed: entry.stamp.byteCount)
            writer.write(fixed: Int(truncatingIfNeeded: entry.stamp.inode))
            writer.write(
                fixed: (recording.isFinished ? Flag.finished : 0) | (recording.connectedAt == nil ? 0 : Flag.connected))
            writer.write(fixed: textStart + text.bytes.count)
            text.write(recording.id.text)
            text.write(recording.view)
            text.write(recording.url)
            text.write(recording.summary.reason.atom.name)
            text.write(recording.damage)
            text.write(counts: recording.summary.kinds.map { ($0.key.name, $0.value) })
            text.write(counts: recording.summary.names.map { ($0.key, $0.value) })
        }
        var bytes = writer.bytes + text.bytes
        let checksum = CRC32.checksum(of: bytes.span.extracting(16...))
        for index in 0..<4 { bytes[8 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(index))) }
        self.bytes = bytes
        count = entries.count
        self.folderModified = folderModified
    }

    /// Reads a catalogue, or returns nil when it is none, or damaged.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= CatalogueBytes.headByteCount, bytes.starts(with: CatalogueBytes.magic) else { return nil }
        let reader = ByteReader(bytes: bytes)
        let count = reader.fixed(at: 24)
        guard count >= 0, count <= (bytes.count - CatalogueBytes.headByteCount) / CatalogueBytes.rowByteCount,
            reader.fixed(at: 8) == Int(CRC32.checksum(of: bytes.span.extracting(16...)))
        else { return nil }
        self.bytes = bytes
        self.count = count
        folderModified = reader.fixed(at: 16)
    }

    /// The catalogue as it is written to a file.
    var encoded: [UInt8] { bytes }

    /// The same catalogue, of the folder as it was at another time.
    func with(folderModified: Int) -> CatalogueBytes {
        CatalogueBytes((0..<count).compactMap { entry(at: $0) }, folderModified: folderModified)
    }

    // MARK: Rows

    /// The numbers of one recording.
    struct Row: NumbersOfRecording {
        fileprivate let bytes: [UInt8]
        fileprivate let start: Int

        private func number(_ column: Column) -> Int {
            ByteReader(bytes: bytes).fixed(at: start + column.rawValue * 8)
        }

        var isFinished: Bool { number(.flags) & Flag.finished != 0 }
        var connectedAt: Int? { number(.flags) & Flag.connected != 0 ? number(.connected) : nil }
        var savedAt: Int { number(.saved) }
        var byteCount: Int { number(.byteCount) }
        var duration: Int { number(.duration) }
        var eventCount: Int { number(.events) }
        var errorCount: Int { number(.errors) }

        /// The state of the file that the row was made from.
        var stamp: FileSystem.Stamp {
            FileSystem.Stamp(
                inode: UInt64(bitPattern: Int64(number(.inode))), byteCount: number(.fileByteCount),
                modified: number(.modified), isFolder: false)
        }

        fileprivate var textStart: Int { number(.text) }
    }

    func row(at index: Int) -> Row {
        Row(bytes: bytes, start: CatalogueBytes.headByteCount + index * CatalogueBytes.rowByteCount)
    }

    /// The id of the recording at an index.
    func id(at index: Int) -> RecordingID? {
        var reader = ByteReader(bytes: bytes, position: row(at: index).textStart)
        return reader.text().map(RecordingID.init(known:))
    }

    /// The view of the recording at an index.
    func view(at index: Int) -> String? {
        var reader = ByteReader(bytes: bytes, position: row(at: index).textStart)
        guard reader.text() != nil else { return nil }
        return reader.text()
    }

    /// Whether the text of a row may have these words, in lower case. It is soon told, and wrong only when it says yes.
    ///
    /// - Parameter words: words of ASCII alone.
    func mayHave(_ words: [[UInt8]], at index: Int) -> Bool {
        guard !words.isEmpty else { return true }
        let start = row(at: index).textStart
        let end = index + 1 < count ? row(at: index + 1).textStart : bytes.count
        guard start >= 0, start <= end, end <= bytes.count else { return true }
        let text = bytes.span.extracting(start..<end)
        return words.allSatisfy { CatalogueBytes.may(text, have: $0) }
    }

    private static func may(_ text: Span<UInt8>, have word: [UInt8]) -> Bool {
        for start in text.indices {
            let byte = text[start]
            // Two letters beyond ASCII are ASCII in lower case, U+0130 and U+212A: where they may be is looked at whole.
            if byte == 0xC4 || byte == 0xE2 { return true }
            guard lowercase(byte) == word.first, text.count - start >= word.count else { continue }
            if word.indices.allSatisfy({ lowercase(text[start + $0]) == word[$0] }) { return true }
        }
        return false
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 { 65...90 ~= byte ? byte + 32 : byte }

    /// All that a row says of its recording.
    func recording(at index: Int) -> StoredRecording? {
        let row = row(at: index)
        var reader = ByteReader(bytes: bytes, position: row.textStart)
        guard let id = reader.text() else { return nil }
        let view = reader.text()
        let url = reader.text()
        let reason = reader.text()
        let damage = reader.text()
        var summary = Summary()
        summary.eventCount = row.eventCount
        summary.duration = row.duration
        summary.errorCount = row.errorCount
        if let reason = reason.flatMap(Atom.init(named:)) { summary.reason = Summary.Reason(reason) }
        for (name, count) in reader.counts() { if let kind = Atom(named: name) { summary.kinds[kind] = count } }
        for (name, count) in reader.counts() { summary.names[name] = count }
        var recording = StoredRecording(
            id: RecordingID(known: id), savedAt: row.savedAt, isFinished: row.isFinished, byteCount: row.byteCount,
            summary: summary, damage: damage)
        // They have been cut to what is shown already.
        recording.view = view
        recording.url = url
        recording.connectedAt = row.connectedAt
        return recording
    }

    func entry(at index: Int) -> Entry? {
        recording(at: index).map { Entry(recording: $0, stamp: row(at: index).stamp) }
    }

    /// How many of the rows, the newest first, come before those that follow a place in the order of time.
    func rows(through value: Int, _ id: RecordingID) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            let other = row(at: middle).connectedAt ?? 0
            // Rows stand in falling order: those up to the place come first.
            let isBehind = other == value ? (self.id(at: middle).map { $0 < id } ?? false) : other < value
            if isBehind { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// Numbers and text, one after the other.
private struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func write(_ piece: [UInt8]) { bytes += piece }

    mutating func write(fixed number: Int) {
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
    }

    /// A length in 7 bits a byte, counted from 1 so that 0 is none.
    mutating func write(_ text: String?) {
        guard let text else { return write(variable: 0) }
        write(variable: text.utf8.count + 1)
        bytes += text.utf8
    }

    mutating func write(variable number: Int) {
        var rest = UInt(bitPattern: number)
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func write(counts: [(String, Int)]) {
        write(variable: counts.count)
        for (name, count) in counts {
            write(name)
            write(variable: count)
        }
    }
}

/// Reads what a writer has written. Beyond the bytes' end there is nothing.
private struct ByteReader {
    let bytes: [UInt8]
    var position = 0

    func fixed(at offset: Int) -> Int {
        guard offset >= 0, offset + 8 <= bytes.count else { return 0 }
        var number: UInt = 0
        for index in 0..<8 { number |= UInt(bytes[offset + index]) << UInt(8 * index) }
        return Int(bitPattern: number)
    }

    mutating func variable() -> Int {
        var number: UInt = 0
        var shift: UInt = 0
        while position >= 0, position < bytes.count, shift < 64 {
            let byte = bytes[position]
            position += 1
            number |= UInt(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return Int(bitPattern: number)
    }

    mutating func text() -> String? {
        let length = variable() - 1
        guard length >= 0, length <= bytes.count - position else { return nil }
        defer { position += length }
        return String(decoding: bytes[position..<position + length], as: UTF8.self)
    }

    mutating func counts() -> [(String, Int)] {
        let count = variable()
        guard count >= 0, count <= bytes.count else { return [] }
        return (0..<count).compactMap { _ in
            guard let name = text() else { return nil }
            return (name, variable())
        }
    }
}
