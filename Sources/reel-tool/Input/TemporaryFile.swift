import Glibc
import Reel
import SystemPackage

/// A file without a name, gone when it is closed, whatever happens to the process.
enum TemporaryFile {
    /// Makes a file of what `body` writes, and opens it for reading.
    static func filled(_ body: (DescriptorSink) throws -> Void) throws -> InputFile {
        let descriptor = try create()
        do {
            try body(DescriptorSink(descriptor))
            // Opened anew, so that it is read from its start.
            let file = try InputFile(FilePath("/dev/fd/\(descriptor.rawValue)"))
            try descriptor.close()
            return file
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    private static func create() throws -> FileDescriptor {
        // Safe: the string is copied before anything else can change the environment.
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        let path = FilePath(folder).appending("reel.\(UInt64.random(in: .min ... .max))")
        let descriptor = try FileDescriptor.open(
            path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        // Safe: the string outlives the call.
        _ = unsafe unlink(path.string)
        return descriptor
    }
}
