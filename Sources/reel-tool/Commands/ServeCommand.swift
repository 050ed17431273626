import ArgumentParser
import Dispatch
import FoundationEssentials
import Logging
import Reel
import ReelDashboard
import ReelRetention
import ReelStore
import Synchronization
import SystemPackage

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the dashboard: browse recordings, replay them, watch running ones.",
        discussion: """
            STORE is a folder, sqlite:PATH or postgres://USER@HOST/DATABASE; or a file, or a folder of PhoenixReplay's files, \
            which are then served from a copy, of which nothing is deleted. The dashboard's URL is printed when it can be reached.

            It listens to this machine alone unless --host says otherwise. Then it wants a user and a password, and should \
            stand behind a server that speaks TLS. The password is the first line of a file, or in the environment as \
            REEL_PASSWORD.

            TEMPLATES is a folder of Mustache templates, one a view: Shop.CartLive.mustache. With one, the page of a view is \
            shown as it was.

            FOLDER holds the application's static files, such as priv/static: recorded pages take from there the style sheets, \
            fonts and images that their recordings do not hold.

            With limits the store is kept within them for as long as it is served, as 'reel store gc' does it once.

            Examples:
              reel serve recordings
              reel serve recordings --max-age 90d --max-bytes 10G
              reel serve sqlite:replays.db --templates Templates
              reel serve postgres://app@db/reel --host 0.0.0.0 --user support --password-file password
            """)

    @Argument(help: "The store, or a file.", transform: StoreArgument.parse)
    var store: StoreArgument

    @Option(help: "The address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "The port, or 0 for any that is free.")
    var port = 4040

    @Option(help: ArgumentHelp("Mustache templates, one a view.", valueName: "folder"))
    var templates: String?

    @OptionGroup
    var assets: AssetOptions

    @Option(help: "The user who is let in.")
    var user: String?

    @Option(help: ArgumentHelp("A file whose first line is the password.", valueName: "file"))
    var passwordFile: String?

    @Flag(help: "Delete nothing, even for a user who is let in.")
    var readOnly = false

    @OptionGroup
    var limits: RetentionOptions

    func validate() throws {
        guard !readOnly || limits.policy == nil else {
            throw ValidationError("--read-only deletes nothing, and the limits do: give one or the other.")
        }
    }

    func run() async throws {
        try await ExitStatus.of("\(store.location)") {
            // Refused before a store is opened.
            try ServeCommand.refusing { () throws(DashboardServerError) in
                try DashboardServer.check(host: host, port: port, hasCredentials: user != nil)
            }
            let credentials = try credentials()
            let templates = try pageTemplates()
            let assets = try assets.folder()
            return try await ServedStore.with(store.location) { store, keepsChanges in
                let dashboard = Dashboard(store: store, templates: templates, assets: assets)
                var logger = Logger(label: "reel", factory: { StreamLogHandler.standardError(label: $0) })
                logger.logLevel = .warning
                guard keepsChanges || limits.policy == nil else {
                    throw Failure(.usage, "nothing can be deleted here, so no limits can be kept")
                }
                let server = try ServeCommand.refusing { () throws(DashboardServerError) in
                    try DashboardServer(
                        dashboard, host: host, port: port, credentials: credentials,
                        mayDelete: keepsChanges && !readOnly,
                        logger: logger)
                }
                let retention = limits.policy.map { RetentionService(store, policy: $0, logger: logger) }
                // It ends with the server.
                async let _ = retention?.run()
                let ending = Ending.within(DashboardServer.graceTime + .seconds(2), status: .fine)
                defer { for source in ending { source.cancel() } }
                do {
                    try await server.run { url in
                        let output = StandardOutput()
                        try? output.write(line: url)
                        try? output.flush()
                    }
                } catch let error as DashboardServerError {
                    throw Failure(.inputOutput, error.reason, input: "--port", advice: "give another one, or 0")
                }
                return .fine
            }
        }
    }

    private func pageTemplates() throws -> PageTemplates {
        guard let templates else { return .none }
        do throws(TemplateError) {
            return try PageTemplates(folder: FilePath(argument: templates))
        } catch {
            throw Failure(.noInput, error.reason, input: error.file)
        }
    }

    private func credentials() throws -> DashboardCredentials? {
        guard let user else {
            guard passwordFile == nil else { throw Failure(.usage, "--password-file without --user") }
            guard ProcessInfo.processInfo.environment["REEL_PASSWORD"] == nil else {
                throw Failure(
                    .usage, "REEL_PASSWORD without --user",
                    advice: "give --user, or unset it to let in anybody on this machine")
            }
            return nil
        }
        let password: String
        if let passwordFile {
            guard let text = try? String(contentsOfFile: passwordFile, encoding: .utf8) else {
                throw Failure(.noInput, "cannot be read", input: passwordFile)
            }
            password = text.prefix { !$0.isNewline }.description
        } else if let text = ProcessInfo.processInfo.environment["REEL_PASSWORD"] {
            password = text
        } else {
            throw Failure(.usage, "--user without a password", advice: "give --password-file, or set REEL_PASSWORD")
        }
        return try ServeCommand.refusing { () throws(DashboardServerError) in
            try DashboardCredentials(user: user, password: password)
        }
    }

    private static func refusing<Value>(_ body: () throws(DashboardServerError) -> Value) throws -> Value {
        do throws(DashboardServerError) {
            return try body()
        } catch {
            throw Failure(.usage, error.reason, advice: "see 'reel help serve'")
        }
    }
}

/// The store that is served: the one that was named, or a copy of files that are none.
private enum ServedStore {
    /// What is done with a store, and whether what is changed in it is kept.
    typealias Body = (_ store: any RecordingStore, _ keepsChanges: Bool) async throws -> ExitStatus

    static func with(
        _ location: StoreLocation, _ body: Body
    ) async throws -> ExitStatus {
        do {
            guard case .folder(let path) = location, let files = try files(at: FilePath(argument: path)) else {
                return try await open(location, body)
            }
            let folder = FileManager.default.temporaryDirectory.appending(
                path: "reel-serve-\(RecordingID.random())")
            // Nobody else's eyes: temporary folders are everybody's.
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            Ending.removes(folder.path)
            defer {
                try? FileManager.default.removeItem(at: folder)
                Ending.removes(nil)
            }
            let store = try FileStore(FilePath(folder.path))
            let failures = Mutex<[Failure]>([])
            let count = Atomic<Int>(0)
            await FileImporter(into: store).putAll(files) { path, result in
                switch result {
                case .success(let outcome):
                    count.add(1, ordering: .relaxed)
                    for loss in outcome.losses {
                        failures.withLock { $0.append(Failure(.inputFellShort, loss, input: path.string)) }
                    }
                case .failure(let error):
                    // A session that has ended since then is there as a whole; its part is gone.
                    if error.kind == .conflict, path.string.hasSuffix(".part") { return }
                    failures.withLock { $0.append(Failure(error, input: path.string)) }
                }
            }
            if count.load(ordering: .relaxed) == 0, FilePath(argument: path).isFolder {
                // Whatever they are: the folder is a store that is still empty.
                return try await open(location, body)
            }
            for failure in failures.withLock({ $0 }) { StandardError.say(failure) }
            guard count.load(ordering: .relaxed) > 0 else { return .inputFellShort }
            return try await use(store, keepsChanges: false, body)
        } catch let error as StoreError {
            throw Failure(error, input: "\(location)")
        }
    }

    private static func open(_ location: StoreLocation, _ body: Body) async throws -> ExitStatus {
        let isReadOnly = if case .phoenixReplay = location { true } else { false }
        return try await use(
            try await StoreAccess.open(location, creates: false), keepsChanges: !isReadOnly, body)
    }

    private static func use(
        _ store: any RecordingStore, keepsChanges: Bool, _ body: Body
    ) async throws -> ExitStatus {
        do {
            let status = try await body(store, keepsChanges)
            await store.close()
            return status
        } catch {
            await store.close()
            throw error
        }
    }

    /// The files at a path that is no store of recordings, or nil when it is one.
    private static func files(at path: FilePath) throws -> [FilePath]? {
        guard path.isFolder else { return FileManager.default.fileExists(atPath: path.string) ? [path] : nil }
        let names = try FileManager.default.contentsOfDirectory(atPath: path.string)
        guard !names.contains(".reel"), !names.contains(where: { $0.hasSuffix(".reel") }) else { return nil }
        let files = try FileImporter.files(in: path)
        return files.isEmpty ? nil : files
    }
}
