import Foundation
import TestPrograms
import Testing

extension Program {
    /// Runs the tool that has been built with the tests.
    static func reel(_ arguments: String..., input: [UInt8] = []) throws -> Program {
        try run(tool, arguments, input: input)
    }

    static let tool = built("reel")
}

/// Calls `body` with a folder that is gone afterwards.
func inFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reel-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

extension URL {
    /// The file's bytes.
    var bytes: [UInt8] { get throws { Array(try Data(contentsOf: self)) } }
}
