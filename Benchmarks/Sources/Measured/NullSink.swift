import Reel

/// Counts bytes and forgets them.
package final class NullSink: ByteSink {
    package private(set) var byteCount = 0

    package init() {}

    package func write(_ bytes: [UInt8]) { byteCount += bytes.count }
}
