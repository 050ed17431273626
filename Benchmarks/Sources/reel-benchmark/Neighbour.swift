import Foundation

/// A program that does the same in another language. It is kept running, is told the name of a work, does it once, and
/// answers with how many nanoseconds that took.
final class Neighbour {
    private let process = Process()
    private let questions = Pipe()
    private let answers = Pipe()
    private var unread: [UInt8] = []

    /// What it says of itself: its name and version.
    private(set) var title = ""

    /// Starts the program.
    init(_ command: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = questions
        process.standardOutput = answers
        try process.run()
        title = try answer()
    }

    deinit { try? questions.fileHandleForWriting.close() }

    /// Has the program do the work `name`.
    ///
    /// - Throws: ``NeighbourFailure`` when it cannot.
    func time(_ name: String) throws -> Duration {
        try questions.fileHandleForWriting.write(contentsOf: Data((name + "\n").utf8))
        let answer = try answer()
        guard let nanoseconds = Int(answer) else { throw NeighbourFailure(reason: answer) }
        return .nanoseconds(nanoseconds)
    }

    private func answer() throws -> String {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeSubrange(...end) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            let piece = answers.fileHandleForReading.availableData
            guard !piece.isEmpty else {
                throw NeighbourFailure(reason: "\(process.arguments?.first ?? "a neighbour") has ended")
            }
            unread += piece
        }
    }
}

/// Why a neighbour cannot do a work.
struct NeighbourFailure: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}
