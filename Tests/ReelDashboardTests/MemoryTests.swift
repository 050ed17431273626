import Foundation
import ReelDashboard
import Testing

@Suite("Memory of a server")
struct MemoryTests {
    /// How much memory the process has from the system.
    private static func residentByteCount() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(pages[1])) * 4_096
    }

    @Test("what has been freed between pieces in use is given back")
    func givenBack() throws {
        var pieces = (0..<400_000).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 1_000) }
        let before = try Self.residentByteCount()
        for index in pieces.indices where !index.isMultiple(of: 1_000) { pieces[index] = [] }
        FreeMemory.giveBack()
        // What other tests take at the same time is less.
        #expect(try Self.residentByteCount() < before - (200 << 20))
        #expect(pieces.count(where: { !$0.isEmpty }) == 400)
    }
}
