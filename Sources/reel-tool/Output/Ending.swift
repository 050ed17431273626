import Dispatch
import Foundation
import Glibc
import Synchronization

/// Ends a process that was told to, within its grace time, whatever it is doing: work that does not listen is left where it is.
enum Ending {
    /// A folder that is gone with the process.
    private static let folder = Mutex<String?>(nil)

    /// Has SIGTERM and SIGINT end the process no later than this after they came.
    ///
    /// - Returns: what listens, for as long as it is kept.
    static func within(_ graceTime: Duration, status: ExitStatus) -> [any DispatchSourceSignal] {
        // A queue of its own has a thread when all others wait for a disk.
        let queue = DispatchQueue(label: "reel.ending")
        return [SIGINT, SIGTERM].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                Thread.detachNewThread {
                    Thread.sleep(forTimeInterval: graceTime / .seconds(1))
                    if let folder = folder.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: folder) }
                    _exit(status.rawValue)
                }
            }
            source.resume()
            return source
        }
    }

    /// Removes a folder when the process is ended, unless somebody does before.
    static func removes(_ path: String?) { folder.withLock { $0 = path } }
}
