import Reel

/// Counts what goes into another sink.
final class CountingSink: ByteSink {
    private var sink: any ByteSink
    private(set) var byteCount = 0

    init(_ sink: any ByteSink) { self.sink = sink }

    func write(_ bytes: [UInt8]) throws {
        try sink.write(bytes)
        byteCount += bytes.count
    }
}
