import Reel
import SystemPackage

/// What a listing says of a file: its header and its summary, of which only the ends are read.
enum RecordingSurvey {
    /// Reads the ends of a file. One that cannot be read is listed with what is wrong with it.
    static func recording(_ id: RecordingID, at path: FilePath, _ stamp: FileSystem.Stamp) -> StoredRecording {
        var recording = StoredRecording(
            id: id, savedAt: stamp.milliseconds, isFinished: false, byteCount: stamp.byteCount)
        do {
            let input = try InputFile(path, followsLinks: false)
            let file = try RecordingFile(input)
            let header = try file.header
            recording = StoredRecording(
                id: id, view: header.view, url: header.url, connectedAt: header.connectedAt,
                savedAt: stamp.milliseconds, isFinished: false, byteCount: stamp.byteCount)
            if file.layout == .unfinished {
                var tally = MemberTally()
                recording.damage = tally.addAll(of: input)?.description
                recording.summary = tally.summary
            } else if let summary = try file.summary {
                recording.summary = summary
                recording.isFinished = true
            } else {
                recording.summary.eventCount = try file.eventCount
            }
            recording.summary.keepShownNames()
        } catch let error as ReelError {
            recording.damage = error.description
        } catch {
            recording.damage = "\(error)"
        }
        return recording
    }
}
