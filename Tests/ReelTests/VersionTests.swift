import ExternalTerm
import Reel
import Testing

/// What a reader of version 1.0 makes of other versions: Spec/recording.md §8.
@Suite("Versions")
struct VersionTests {
    /// A recording of two members whose header frame and members name some versions.
    private func raw(frame: (Int, Int) = (1, 0), members: (UInt8, UInt8) = (1, 0)) -> RawRecording {
        var raw = RawRecording([
            [.header(major: frame.0, minor: frame.1), .event(1)], [.event(2), .finish(2, duration: 2)],
        ])
        for index in raw.members.indices { raw.members[index].version = members }
        raw.changeIndexMember = { $0.version = members }
        raw.changeEndMember = { $0.version = members }
        return raw
    }

    @Test(
        "Every minor version of 1 is read, whatever it adds to the fields of members",
        arguments: [0, 1, 255] as [UInt8])
    func minor(_ minor: UInt8) throws {
        var raw = raw(frame: (1, Int(minor)), members: (1, minor))
        for index in raw.members.indices {
            raw.members[index].rest = [0x80, 0x80, 0x80]
            raw.members[index].flags |= 0xF8
        }
        raw.changeIndexMember = { member in
            member.version.minor = minor
            member.rest = [1, 2, 3]
            member.flags = 0xFF
        }
        // The end member has no room for more.
        raw.changeEndMember = { member in
            member.version.minor = minor
            member.flags = 0xFF
        }
        let bytes = try raw.encoded()
        for reading in [Reading.forward(bytes), .random(bytes)] {
            #expect(reading.error == nil)
            #expect(reading.header?.version == FormatVersion(major: 1, minor: minor))
            #expect(reading.events.map(\.offset) == [1, 2])
            #expect(reading.hasEnd)
        }
    }

    @Test(
        "Another major version is refused, in words that name both",
        arguments: [
            (2, 0, "2.0", "newer"), (2, 7, "2.7", "newer"), (255, 255, "255.255", "newer"),
            (0, 9, "0.9", "no such version"),
        ])
    func major(major: Int, minor: Int, name: String, advice: String) throws {
        let version = (UInt8(major), UInt8(minor))
        let recordings = [
            try raw(frame: (major, minor)).encoded(), try raw(members: version).encoded(),
            try gzip(frame(.header(major: major, minor: minor))), frame(.header(major: major, minor: minor)),
        ]
        for bytes in recordings {
            for reading in [Reading.forward(bytes), .random(bytes)] {
                let error = try #require(reading.error)
                #expect(error.kind == .unsupportedVersion)
                #expect(error.offset == 0)
                #expect(error.section == "recording.md §8")
                #expect(error.reason.contains(name) && error.reason.contains("1.x") && error.reason.contains(advice))
                #expect(reading.header == nil && reading.events.isEmpty)
            }
        }
    }

    @Test(
        "The version is looked at before anything that another version may have changed",
        arguments: [
            Term.tuple([.atom("recording"), .tuple([2, 0]), ["no", "map"]]),
            .tuple([.atom("recording"), .tuple([2, 0])]),
        ])
    func versionFirst(header: Term) throws {
        for bytes in [frame(header), try gzip(frame(header)), try RawRecording([[header]]).encoded()] {
            #expect(Reading.forward(bytes).error?.kind == .unsupportedVersion)
            #expect(Reading.random(bytes).error?.kind == .unsupportedVersion)
        }
        // What follows the version in a member's fields is a newer version's affair as well.
        var raw = raw(members: (3, 0))
        for index in raw.members.indices { raw.members[index].tail = [] }
        #expect(Reading.forward(try raw.encoded()).error?.kind == .unsupportedVersion)
    }

    @Test(
        "What does not have the form of a version is none",
        arguments: [Term.tuple([2]), .tuple([2, 0, 1]), .tuple([2, -1]), .tuple([256, 0]), .tuple([2, "0"]), 2])
    func noVersion(version: Term) throws {
        let header = Term.tuple([.atom("recording"), version, .map([:])])
        for bytes in [frame(header), try gzip(frame(header)), try RawRecording([[header]]).encoded()] {
            #expect(Reading.forward(bytes).error?.kind == .notARecording)
            #expect(Reading.random(bytes).error?.kind == .notARecording)
        }
    }

    @Test("A member of another major version in the middle is refused when the reader comes to it")
    func middle() throws {
        var raw = raw()
        raw.members[1].version = (2, 1)
        let bytes = try raw.encoded()
        let forward = Reading.forward(bytes)
        #expect(forward.events.map(\.offset) == [1])
        #expect(forward.error?.kind == .unsupportedVersion)
        #expect(forward.error?.offset == (try raw.members[0].encoded().count))
        #expect(Reading.random(bytes).error?.kind == .unsupportedVersion)
    }

    @Test("Versions compare by major, then minor")
    func order() {
        #expect(FormatVersion(major: 1, minor: 9) < FormatVersion(major: 2, minor: 0))
        #expect(FormatVersion(major: 1, minor: 0) < FormatVersion(major: 1, minor: 1))
        #expect(FormatVersion.current.description == "1.0")
    }
}
