import FoundationEssentials
public import SystemPackage

/// A folder of an application's static files, such as `priv/static`: pages take style sheets, fonts and images from it.
///
/// Nothing else is read: no other kind of file, nothing outside of the folder, and nothing through a symbolic link in it.
public struct AssetFolder: Sendable {
    private let path: FilePath

    /// The most bytes of a file.
    static let mostBytes = 8 << 20

    /// Names a folder.
    ///
    /// - Throws: ``ReelError`` of the kind `inputOutput` when there is no such folder.
    public init(_ path: FilePath) throws(ReelError) {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder), isFolder else {
            throw ReelError(.inputOutput, "no folder of assets: \(path)")
        }
        self.path = path
    }

    /// The file at a path of the application's server, or nil when there is none that a page may show.
    func asset(at address: PageAddress) -> PageAsset? {
        guard let name = address.names.last, let type = PageAsset.type(ofFile: name) else { return nil }
        var path = path
        for name in address.names {
            guard kind(of: path) == .typeDirectory || path == self.path, let component = FilePath.Component(name),
                component.kind == .regular, component.string == name
            else { return nil }
            path.append(component)
        }
        guard kind(of: path) == .typeRegular, let file = try? InputFile(path), file.byteCount <= AssetFolder.mostBytes,
            let content = try? file.read(0..<file.byteCount)
        else { return nil }
        return PageAsset(type: type, content: content)
    }

    /// What is at a path. Links are not followed.
    private func kind(of path: FilePath) -> FileAttributeType? {
        (try? FileManager.default.attributesOfItem(atPath: path.string))?[.type] as? FileAttributeType
    }
}
