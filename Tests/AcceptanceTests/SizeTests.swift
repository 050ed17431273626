import ExternalTerm
import Foundation
import GzipMembers
import Reel
import TestPrograms
import Testing

/// A recording with all its fields, its index and its end is no larger than what PhoenixReplay had made of the session.
@Suite("Sizes")
struct SizeTests {
    @Test("Recordings are together no larger than the files they were made from, and none is 160 bytes larger")
    func sizes() throws {
        var table = SizeTests.row("file", "original", "ours", "difference", "import", "deflate alone")
        for format in [PhoenixReplayFormat.map, .recording] {
            var total = 0
            for sample in Sample.all where sample.format == format {
                let imported = try Imported.of(sample)
                let original = try sample.file.bytes.count
                let difference = imported.recording.count - original
                #expect(difference <= 160, "\(sample.name)")
                total += difference
                table += SizeTests.row(
                    sample.name, "\(original)", "\(imported.recording.count)", "\(difference)",
                    SizeTests.milliseconds(imported.duration),
                    SizeTests.milliseconds(try SizeTests.deflateAlone(imported.recording)))
            }
            #expect(total <= 0, "\(format)")
            table += SizeTests.row("together", "", "", "\(total)", "", "")
        }
        print(table)
    }

    /// How long it takes to compress what the recording holds, and nothing else.
    private static func deflateAlone(_ recording: [UInt8]) throws -> Duration {
        let content = try Program.run("/usr/bin/gzip", ["-dc"], input: recording).output
        let encoder = try MemberEncoder(level: 9)
        var output: [UInt8] = []
        let start = ContinuousClock.now
        try encoder.encode(content.span, appendingTo: &output) { _ in MemberHeader() }
        return ContinuousClock.now - start
    }

    private static func milliseconds(_ duration: Duration) -> String {
        "\((duration / .milliseconds(0.1)).rounded() / 10) ms"
    }

    private static func row(_ cells: String...) -> String {
        let widths = [28, 10, 10, 10, 12, 14]
        return zip(cells, widths).map { cell, width in
            let space = String(repeating: " ", count: max(width - cell.count, 0))
            return width == widths[0] ? cell + space : space + cell
        }.joined(separator: " ") + "\n"
    }
}
