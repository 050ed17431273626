import FoundationEssentials
import Reel
import SystemPackage

/// A folder of vectors: the manifest, the files that it names, and what releases have frozen.
struct VectorFolder {
    let path: FilePath
    let manifest: VectorManifest

    /// Opens a folder, and reads its manifest.
    init(_ path: FilePath) throws {
        self.path = path
        let file = path.appending(VectorManifest.name)
        do {
            manifest = try VectorManifest(try VectorFolder.contents(of: file))
        } catch {
            var failure = Failure(wrapping: error, input: file.string)
            if failure.status == .noInput { failure.advice = "a folder of vectors has a \(VectorManifest.name)" }
            throw failure
        }
    }

    /// The folder that `name` names; without a name, `Vectors` in the current folder or the nearest one above it.
    static func find(_ name: String?) throws -> FilePath {
        if let name { return FilePath(name) }
        var folder = FilePath(FileManager.default.currentDirectoryPath)
        repeat {
            let candidate = folder.appending("Vectors")
            if (try? candidate.appending(VectorManifest.name).stat()) != nil { return candidate }
        } while folder.removeLastComponent()
        throw Failure(.noInput, "no folder Vectors here or above", advice: "name the folder of vectors")
    }

    /// The bytes of a file, by its path in the folder.
    func contents(of file: String) throws -> [UInt8] { try VectorFolder.contents(of: path.appending(file)) }

    /// The bytes of a file, read in one go: there are thousands of them, most of a few bytes.
    static func contents(of path: FilePath) throws -> [UInt8] {
        do {
            let file = try InputFile(path)
            return try file.read(0..<file.byteCount)
        } catch {
            throw Failure(opening: path.string, error)
        }
    }

    /// The path of a file, for another program.
    func path(of file: String) -> String { path.appending(file).string }
}

extension VectorFolder {
    /// The names of the files in one of its folders; none when there is no such folder.
    func names(in folder: String) throws -> [String] {
        let folder = path.appending(folder)
        guard (try? folder.stat()) != nil else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.string)
        } catch {
            throw Failure(opening: folder.string, error)
        }
    }

    /// Makes the folder that a file of it is to stand in.
    func makeFolder(of file: FilePath) throws {
        let folder = file.removingLastComponent()
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw Failure(writing: folder.string, error)
        }
    }

    /// What is not as the manifest and the releases say, in words: then no reader can be checked.
    func faults() throws -> [String] {
        var faults: [String] = []
        for vector in manifest.vectors {
            guard let contents = try? contents(of: vector.file) else {
                faults.append("\(vector.file), of the vector \(vector.id), cannot be read")
                continue
            }
            if Checksum.sha256(contents) != vector.sha256 {
                faults.append("\(vector.file), of the vector \(vector.id), has another checksum than the manifest says")
            }
            for file in vector.files.dropFirst() where (try? self.contents(of: file)) == nil {
                faults.append("\(file), of the vector \(vector.id), cannot be read")
            }
        }
        return faults + (try Release.changes(in: self))
    }
}
