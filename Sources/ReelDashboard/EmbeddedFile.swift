import CDashboardWeb

/// A file of `Web` or `Pages`, which is part of the program.
package struct EmbeddedFile: Sendable {
    /// Its name, such as `player.js`.
    package let name: String
    /// Its bytes, as they are in the repository.
    package let bytes: [UInt8]

    /// All files. `Sources/CDashboardWeb/files.c` lists them.
    package static let all: [EmbeddedFile] = {
        var files: [EmbeddedFile] = []
        while let file = EmbeddedFile(at: files.count) { files.append(file) }
        return files
    }()

    private init?(at index: Int) {
        let file = unsafe dashboard_file_at(index)
        guard let name = unsafe file.name else { return nil }
        self.name = unsafe String(cString: name)
        bytes = unsafe Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
    }
}
