import Foundation
import TestPrograms

/// A small filesystem in memory, which is gone with the process that started it, whatever becomes of that. Only root may make
/// one.
final class SmallDisk {
    /// Where it is.
    let path: String
    private let holder: RunningProgram

    /// Whether one can be made here.
    static let isPermitted = (try? SmallDisk(megabytes: 1)) != nil

    struct Failure: Error {}

    /// Mounts a filesystem.
    init(megabytes: Int) throws {
        path = "/tmp/reel-disk-\(UUID().uuidString)"
        let script = """
            trap '' INT TERM HUP
            mkdir '\(path)' && mount -t tmpfs -o size=\(megabytes)m tmpfs '\(path)' && echo mounted && read line
            umount -l '\(path)'; rmdir '\(path)'
            """
        holder = try RunningProgram("sh", ["-c", script], input: .pipe, output: .pipe)
        guard holder.line() != nil else { throw Failure() }
    }

    deinit {
        // Who reads from it goes on at its end.
        try? holder.input.close()
        _ = holder.wait()
    }
}
