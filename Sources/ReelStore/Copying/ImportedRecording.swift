package import Reel
import ReelJSON

/// What PhoenixReplay has written, terms or JSON, as the recording that is made of it.
package struct ImportedRecording: Sendable {
    /// The recording.
    package let bytes: MemorySource
    package let header: Header
    /// Which generation of PhoenixReplay wrote it; nil of JSON, which 0.1 and 0.2 write alike.
    package let format: PhoenixReplayFormat?
    /// What could not be read, one sentence each.
    package let losses: [String]

    /// Whether bytes start like something of PhoenixReplay's.
    package static func matches(_ bytes: any RandomAccessBytes) -> Bool {
        PhoenixReplayFormat.matches(bytes) || PhoenixReplayJSONImporter.matches(bytes)
    }

    /// Makes a recording.
    package init(_ bytes: any RandomAccessBytes, options: WriterOptions = .smallest) throws(ReelError) {
        let sink = MemorySink()
        if PhoenixReplayJSONImporter.matches(bytes) {
            let importer = try PhoenixReplayJSONImporter(bytes)
            _ = try importer.write(to: sink, options: options)
            header = importer.header
            format = nil
            losses = importer.losses
        } else {
            let importer = try PhoenixReplayImporter(bytes)
            losses =
                importer.format == .part
                ? try importer.writeUnfinished(to: sink, options: options)
                : try importer.write(to: sink, options: options).losses
            header = importer.header
            format = importer.format
        }
        self.bytes = MemorySource(sink.bytes)
    }
}
