import Glibc
import Reel
import SystemPackage

/// Bytes that may be waited for: what is at hand is shown before each wait, and a file that is being written is
/// followed to the end of its recording.
final class WaitingSource: ByteSource {
    private let name: String
    private var source: any ByteSource
    private let follows: Bool
    private let beforeWaiting: () throws -> Void
    /// Which file the name stood for when it was opened.
    private let original: Stat?
    private var position = 0
    /// Whether the file starts like a member with fields, which an end member will close.
    private var endsWithMember = false

    /// What the source itself failed of.
    private(set) var failure: (any Error)?
    /// The reader, which knows whether the recording has ended.
    weak var reader: RecordingReader?

    /// Creates a source of what `input` holds.
    ///
    /// - Parameters:
    ///   - follows: whether to wait for more at the end of a file. A stream is read to its end in any case.
    ///   - beforeWaiting: called before each read that may take time.
    init(_ input: Input, follows: Bool, beforeWaiting: @escaping () throws -> Void) {
        name = input.name
        source = input.source
        self.beforeWaiting = beforeWaiting
        if case .file = input.content, follows {
            self.follows = true
            original = try? FilePath(argument: input.name).stat()
        } else {
            self.follows = false
            original = nil
        }
    }

    func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        do {
            return try readOn(upTo: count, appendingTo: &buffer)
        } catch {
            failure = error
            throw error
        }
    }

    private func readOn(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        if !follows { try beforeWaiting() }
        while true {
            let start = buffer.count
            let received = try source.read(upTo: count, appendingTo: &buffer)
            if position == 0, received >= 4 {
                endsWithMember = buffer[start...].starts(with: [0x1F, 0x8B, 8]) && buffer[start + 3] & 4 != 0
            }
            position += received
            if received > 0 || !follows || hasEnded { return received }
            try beforeWaiting()
            try checkFile()
            usleep(50_000)
        }
    }

    private var hasEnded: Bool {
        guard let reader else { return false }
        return reader.hasEnd || (!endsWithMember && reader.summary != nil)
    }

    /// Checks that the file is still the one that was opened, and that it goes on.
    private func checkFile() throws {
        let now = try? FilePath(argument: name).stat()
        guard let now, now.inode == original?.inode, now.deviceID == original?.deviceID else {
            throw Failure(
                .inputFellShort, "has been removed or replaced while it was followed", advice: "follow the new file")
        }
        guard now.size >= position else {
            throw Failure(.inputFellShort, "has been cut while it was followed", advice: "follow it anew")
        }
    }
}
