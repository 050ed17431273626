import ExternalTerm
import Foundation
import Reel
import SystemPackage
import Testing

/// Files that are read, and files that appear whole or not at all.
@Suite("Files")
struct FileTests {
    private func path(_ folder: URL, _ name: String) -> FilePath { FilePath(folder.appending(path: name).path) }

    private func names(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    // MARK: Output

    @Test("A file is in its place once it is committed, and nothing else is left")
    func commit() throws {
        try inFolder { folder in
            let file = try AtomicFile(path(folder, "a.reel"))
            try file.write([1, 2])
            #expect(try names(in: folder).count == 1)
            #expect(try !names(in: folder).contains("a.reel"))
            try file.write([3])
            try file.write([])
            try file.commit()
            #expect(try names(in: folder) == ["a.reel"])
            #expect(try Array(Data(contentsOf: folder.appending(path: "a.reel"))) == [1, 2, 3])
            // Committed is committed.
            try file.commit()
            file.discard()
            #expect(try names(in: folder) == ["a.reel"])
            let mode = try FileManager.default.attributesOfItem(atPath: folder.appending(path: "a.reel").path)[
                .posixPermissions]
            #expect((mode as? Int).map { $0 & 0o600 } == 0o600)
        }
    }

    @Test("A file that is dropped or discarded leaves nothing, and the old one stays", arguments: [true, false])
    func discard(explicitly: Bool) throws {
        try inFolder { folder in
            let old = folder.appending(path: "a.reel")
            try Data([9]).write(to: old)
            do {
                let file = try AtomicFile(path(folder, "a.reel"))
                try file.write([1, 2, 3])
                #expect(try names(in: folder).count == 2)
                if explicitly {
                    file.discard()
                    file.discard()
                    try file.commit()
                }
            }
            #expect(try names(in: folder) == ["a.reel"])
            #expect(try Array(Data(contentsOf: old)) == [9])
        }
    }

    @Test("A committed file replaces the old one; two at once do not meet")
    func replace() throws {
        try inFolder { folder in
            let url = folder.appending(path: "a.reel")
            try Data([9]).write(to: url)
            let first = try AtomicFile(path(folder, "a.reel"))
            let second = try AtomicFile(path(folder, "a.reel"))
            try first.write([1])
            try second.write([2])
            #expect(try Array(Data(contentsOf: url)) == [9])
            try second.commit()
            #expect(try Array(Data(contentsOf: url)) == [2])
            try first.commit()
            #expect(try Array(Data(contentsOf: url)) == [1])
            #expect(try names(in: folder) == ["a.reel"])
        }
    }

    @Test("Where there is no folder there is no file")
    func noFolder() throws {
        try inFolder { folder in
            #expect(throws: Errno.noSuchFileOrDirectory) { try AtomicFile(path(folder, "none/a.reel")) }
            try Data([1]).write(to: folder.appending(path: "file"))
            #expect(throws: Errno.notDirectory) { try AtomicFile(path(folder, "file/a.reel")) }
        }
    }

    @Test("A file that cannot be put in its place is an error, and leaves nothing")
    func noPlace() throws {
        try inFolder { folder in
            try FileManager.default.createDirectory(
                at: folder.appending(path: "taken/inside"), withIntermediateDirectories: true)
            let file = try AtomicFile(path(folder, "taken"))
            try file.write([1])
            #expect(throws: Errno.self) { try file.commit() }
            let left = try names(in: folder)
            #expect(left == ["taken"])
        }
    }

    @Test("Nothing is written to a file that is closed", arguments: [true, false])
    func closed(isCommitted: Bool) throws {
        try inFolder { folder in
            let file = try AtomicFile(path(folder, "a.reel"))
            if isCommitted { try file.commit() } else { file.discard() }
            // The number of its descriptor may be another file's by now.
            let other = folder.appending(path: "other")
            try Data().write(to: other)
            let descriptor = try FileDescriptor.open(FilePath(other.path), .writeOnly)
            defer { try? descriptor.close() }
            let isRefused = (try? file.write([1, 2, 3])) == nil
            let written = try Data(contentsOf: other)
            #expect(isRefused)
            #expect(written.isEmpty)
        }
    }

    @Test("A file may have the longest name that the system allows")
    func longName() throws {
        try inFolder { folder in
            let name = String(repeating: "n", count: 250) + ".reel"
            let file = try AtomicFile(path(folder, name))
            try file.write([1])
            try file.commit()
            let left = try names(in: folder)
            #expect(left == [name])
        }
    }

    @Test("A recording is written to a file and read from it, forward and anywhere")
    func recordingFile() throws {
        try inFolder { folder in
            var generator = SeededGenerator(seed: 5)
            let events = generator.session(50)
            let bytes = try recording(of: events, WriterOptions(memberByteCount: 500))
            let output = try AtomicFile(path(folder, "a.reel"))
            let writer = try RecordingWriter(
                to: output, header: Header(fields: ["id": "1"]), options: WriterOptions(memberByteCount: 500))
            for event in events { try writer.append(offset: event.offset, kind: event.kind, payload: event.payload) }
            try writer.finish()
            try output.commit()
            let input = try InputFile(path(folder, "a.reel"))
            #expect(input.byteCount == bytes.count)
            #expect(try input.read(0..<bytes.count) == bytes)
            #expect(Reading.forward(try InputFile(path(folder, "a.reel"))) == Reading.forward(bytes))
            let file = try RecordingFile(input)
            #expect(try file.state(after: 49) == NaiveFold.states(after: events)[49])
        }
    }

    @Test("A sink that is full is an error of output")
    func full() throws {
        let descriptor = try FileDescriptor.open(FilePath("/dev/full"), .writeOnly)
        defer { try? descriptor.close() }
        let writer = try RecordingWriter(to: DescriptorSink(descriptor), header: Header(fields: [:]))
        let error = #expect(throws: ReelError.self) { try writer.finish() }
        #expect(error?.kind == .inputOutput)
    }

    // MARK: Input

    @Test("A path where nothing is, and a folder, are no input")
    func noInput() throws {
        try inFolder { folder in
            #expect(throws: Errno.noSuchFileOrDirectory) { try InputFile(path(folder, "none")) }
            #expect(throws: Errno.isDirectory) { try InputFile(FilePath(folder.path)) }
        }
    }

    @Test("A file is read in order, or in any part; what is beyond its end is truncated")
    func input() throws {
        try inFolder { folder in
            var generator = SeededGenerator(seed: 3)
            let bytes = [UInt8](repeating: 7, count: 2 << 20) + generator.bytes(1 << 20)
            try Data(bytes).write(to: folder.appending(path: "a"))
            let file = try InputFile(path(folder, "a"))
            var read: [UInt8] = []
            while try file.read(upTo: 1 << 30, appendingTo: &read) > 0 {}
            #expect(read == bytes)
            #expect(try file.read(upTo: 10, appendingTo: &read) == 0)
            #expect(try file.read(upTo: 0, appendingTo: &read) == 0)
            #expect(try file.read(5..<2_500_000) == Array(bytes[5..<2_500_000]))
            #expect(try file.read(7..<7) == [])
            for range in [bytes.count - 1..<bytes.count + 1, bytes.count + 5..<bytes.count + 6] {
                let error = #expect(throws: ReelError.self) { try file.read(range) }
                #expect(error?.kind == .truncated)
            }
        }
    }

    @Test("Standard input may be a pipe, which gives what it has")
    func pipe() throws {
        let bytes = try recording(of: [PlainEvent(1), PlainEvent(2)])
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: bytes)
        try pipe.fileHandleForWriting.close()
        let source = DescriptorSource(FileDescriptor(rawValue: pipe.fileHandleForReading.fileDescriptor))
        #expect(Reading.forward(source) == Reading.forward(bytes))
    }

    @Test("Memory is read in order, or in any part")
    func memory() throws {
        var source = MemorySource([1, 2, 3, 4])
        var read: [UInt8] = [0]
        #expect(source.read(upTo: 3, appendingTo: &read) == 3)
        #expect(source.read(upTo: -1, appendingTo: &read) == 0)
        #expect(source.read(upTo: 1 << 40, appendingTo: &read) == 1)
        #expect(source.read(upTo: 3, appendingTo: &read) == 0)
        #expect(read == [0, 1, 2, 3, 4])
        #expect(try source.read(1..<3) == [2, 3])
        #expect(try source.read(4..<4) == [])
        #expect(throws: ReelError.self) { try source.read(3..<5) }
        #expect(throws: ReelError.self) { try source.read(-1..<2) }
        let sink = MemorySink()
        sink.write([1])
        sink.write([])
        sink.write([2, 3])
        #expect(sink.bytes == [1, 2, 3])
    }
}
