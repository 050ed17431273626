import Reel

/// A file whose reading is shown as progress.
struct WatchedFile: ByteSource, RandomAccessBytes {
    private let file: InputFile
    private let progress: Progress
    private var position = 0

    init(_ file: InputFile, _ progress: Progress) {
        self.file = file
        self.progress = progress
    }

    var byteCount: Int { file.byteCount }

    mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        let received = try file.read(upTo: count, appendingTo: &buffer)
        position += received
        progress.update(position, byteCount)
        return received
    }

    func read(_ range: Range<Int>) throws -> [UInt8] {
        progress.update(range.upperBound, byteCount)
        return try file.read(range)
    }
}
