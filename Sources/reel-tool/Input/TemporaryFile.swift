import FoundationEssentials
import Reel
import SystemPackage

/// A file without a name, gone when it is closed, whatever happens to the process.
enum TemporaryFile {
    /// Makes a file of what `body` writes, and opens it for reading.
    static func filled(_ body: (Sink) throws -> Void) throws -> InputFile {
        let folder = FileManager.default.temporaryDirectory.path
        let descriptor: FileDescriptor
        do {
            descriptor = try create(in: folder)
        } catch {
            throw Failure(writing: "a temporary file in \(folder)", error)
        }
        return try descriptor.closeAfter {
            try body(Sink(sink: DescriptorSink(descriptor), folder: folder))
            // Opened anew, so that it is read from its start.
            return try InputFile(FilePath("/dev/fd/\(descriptor.rawValue)"))
        }
    }

    /// What the file is filled through.
    struct Sink: ByteSink {
        fileprivate var sink: DescriptorSink
        fileprivate let folder: String

        mutating func write(_ bytes: [UInt8]) throws {
            do {
                try sink.write(bytes)
            } catch {
                throw Failure(writing: "a temporary file in \(folder)", error)
            }
        }
    }

    private static func create(in folder: String) throws -> FileDescriptor {
        let path = FilePath(folder).appending("reel.\(UInt64.random(in: .min ... .max))")
        let descriptor = try FileDescriptor.open(
            path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        try FileManager.default.removeItem(atPath: path.string)
        return descriptor
    }
}
