import ArgumentParser
import SystemPackage

struct VectorsFreezeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeze",
        abstract: "Write down what the vectors are at the release of a version of the format.",
        discussion: """
            Writes released/VERSION.sha256 in the folder of vectors, with a checksum for each file and each entry of \
            the manifest. From then on 'reel vectors check' fails when one of them has changed. A version is frozen \
            once.

            Example:
              reel vectors freeze 1.0
            """)

    @Argument(help: "The version: MAJOR.MINOR.")
    var version: String

    @Argument(help: "The folder of vectors; without it, Vectors here or in the nearest folder above.")
    var folder: String?

    func validate() throws {
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ UInt8($0).map(String.init) == String($0) }) else {
            throw ValidationError("A version is MAJOR.MINOR, such as 1.0.")
        }
    }

    func run() throws {
        try ExitStatus.of(folder ?? "Vectors") {
            let folder = try VectorFolder(try VectorFolder.find(folder))
            let faults = try folder.faults()
            for fault in faults { StandardError.say(Failure(.inputFellShort, fault)) }
            guard faults.isEmpty else {
                throw Failure(
                    .inputFellShort, "not what the manifest and the releases say", input: folder.path.string,
                    advice: "what is frozen has to be sound")
            }
            let path = folder.path.appending(Release.path(of: version))
            guard (try? path.stat()) == nil else {
                throw Failure(
                    .inputFellShort, "\(version) has been frozen", input: path.string,
                    advice: "new vectors belong to the next version")
            }
            try folder.makeFolder(of: path)
            let file = try OutputFile(path.string)
            try file.write(Array(try Release(freezing: folder).text.utf8))
            try file.commit()
            return .fine
        }
    }
}
