import ArgumentParser
import Reel
import SystemPackage

/// Where the files are that recorded pages show.
struct AssetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The application's static files: recorded pages take style sheets, fonts and images from there.",
            valueName: "folder"))
    var assets: String?

    /// The folder, if one was named.
    func folder() throws -> AssetFolder? {
        do throws(ReelError) {
            return try assets.map { path throws(ReelError) in try AssetFolder(FilePath(argument: path)) }
        } catch {
            throw Failure(.noInput, "no such folder", input: assets)
        }
    }
}
