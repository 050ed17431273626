import ExternalTerm
import Reel
import ReelJSON
import SystemPackage

/// What is done with a recording of some number of events, to see how it grows with them.
package enum GrowthStep: String, CaseIterable {
    case append, read, json, open, seek, state, nothing

    /// How many places are looked at, spread over the recording: the mean of their times counts.
    private static let placeCount = 20

    /// Does it with the recording at `path`, which ``append`` writes, and returns how long it takes.
    package func time(eventCount: Int, path: FilePath) async throws -> Duration {
        switch self {
        case .append:
            let session = SyntheticSession()
            return try ContinuousClock().measure {
                let output = try AtomicFile(path)
                let writer = try RecordingWriter(to: output, header: SyntheticSession.header)
                try session.write(eventCount, to: writer)
                try writer.finish()
                try output.commit()
            }
        case .read:
            return try ContinuousClock().measure {
                let reader = try RecordingReader(InputFile(path))
                var terms = TermReader()
                while let event = try reader.next() { _ = try event.payload(with: &terms) }
            }
        case .json:
            return try await ContinuousClock().measure {
                try await RecordingJSONWriter.write(InputFile(path), to: NullSink())
            }
        case .open: return try ContinuousClock().measure { _ = try RecordingFile(InputFile(path)) }
        case .seek: return try GrowthStep.looks(eventCount, path) { _ = try $0.event(at: $1) }
        case .state: return try GrowthStep.looks(eventCount, path) { _ = try $0.state(after: $1) }
        case .nothing: return .zero
        }
    }

    private static func looks(
        _ eventCount: Int, _ path: FilePath, _ body: (RecordingFile, Int) throws -> Void
    ) throws -> Duration {
        let recording = try RecordingFile(InputFile(path))
        let time = try ContinuousClock().measure {
            // Not in order: the member that was read last is still there.
            for turn in 0..<placeCount {
                let place = turn * 7 % placeCount
                try body(recording, (2 * place + 1) * eventCount / (2 * placeCount))
            }
        }
        return time / placeCount
    }
}
