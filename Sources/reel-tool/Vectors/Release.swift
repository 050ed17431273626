import Reel
import SystemPackage

/// What a release of the format has frozen of the vectors: the checksums of their files and of their entries in the
/// manifest. Implements Spec/vectors.md §6.
///
/// Its file has a line for each, as `sha256sum` writes them: the checksum, two spaces, and the file's path, or
/// `manifest.json#ID` for an entry.
struct Release {
    private struct Line {
        var checksum: String
        var name: String
    }

    private var lines: [Line]

    private static let folder = "released"
    private static let entryPrefix = "\(VectorManifest.name)#"
    private static let suffix = ".sha256"

    /// The path that the file of a version has in a folder of vectors.
    static func path(of version: String) -> String { "\(folder)/\(version)\(suffix)" }

    /// Freezes all vectors of a folder as they are now.
    init(freezing folder: VectorFolder) throws {
        var files: [String: String] = [:]
        for file in folder.manifest.vectors.flatMap(\.files) where files[file] == nil {
            files[file] = Checksum.sha256(try folder.contents(of: file))
        }
        lines =
            files.sorted { $0.key < $1.key }.map { Line(checksum: $0.value, name: $0.key) }
            + folder.manifest.checksums.sorted { $0.key < $1.key }
            .map { Line(checksum: $0.value, name: Release.entryPrefix + $0.key) }
    }

    /// Reads the file of a release.
    init(_ text: [UInt8]) throws {
        lines = try text.split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
            let parts = String(decoding: line, as: UTF8.self).split(separator: "  ", maxSplits: 1)
            guard parts.count == 2, Checksum.isSHA256(String(parts[0])) else {
                throw Failure(
                    .inputFellShort, "no checksum and name", place: "line \(index + 1)",
                    advice: "put the file back as it was released")
            }
            return Line(checksum: String(parts[0]), name: String(parts[1]))
        }
    }

    /// The text of the file.
    var text: String { lines.map { "\($0.checksum)  \($0.name)\n" }.joined() }

    /// What of it is no longer as it was, in words.
    func changes(in folder: VectorFolder) -> [String] {
        lines.compactMap { line in
            if line.name.hasPrefix(Release.entryPrefix) {
                let id = String(line.name.dropFirst(Release.entryPrefix.count))
                guard let checksum = folder.manifest.checksums[id] else { return "the vector \(id) is gone" }
                return checksum == line.checksum ? nil : "the vector \(id) has another entry in the manifest"
            }
            guard let contents = try? folder.contents(of: line.name) else { return "\(line.name) is gone" }
            return Checksum.sha256(contents) == line.checksum ? nil : "\(line.name) has changed"
        }
    }

    /// What of all that has been released is no longer as it was in a folder, in words.
    static func changes(in folder: VectorFolder) throws -> [String] {
        let names = try folder.names(in: Release.folder).filter { $0.hasSuffix(suffix) }.sorted()
        return try names.flatMap { name in
            let path = "\(Release.folder)/\(name)"
            do {
                let version = name.dropLast(suffix.count)
                return try Release(folder.contents(of: path)).changes(in: folder).map {
                    "\($0), though \(version) has been released with it"
                }
            } catch {
                throw Failure(wrapping: error, input: folder.path(of: path))
            }
        }
    }
}
