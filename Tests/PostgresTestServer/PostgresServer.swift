import Foundation
import Synchronization
import TestPrograms

/// A PostgreSQL server of the tests' own: a folder that is gone with the process that started it, whatever becomes of that.
package final class PostgresServer: Sendable {
    /// The server that most tests share, each with a database of its own.
    package static let shared = Result { try PostgresServer() }

    package let folder: String
    private let databases = Atomic<Int>(0)
    /// The server is stopped, and its folder removed, when this is closed.
    private let guardian: RunningProgram
    private let program: String

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - settings: lines of its configuration besides those that every one of the tests has.
    ///   - smallDisk: how many MB a tablespace named `small` has, in a filesystem of its own that is gone with the server; who
    ///     is not root may not make one.
    package init(settings: [String] = [], smallDisk: Int? = nil) throws {
        let root = "/tmp/reel-pg-\(UInt32.random(in: 0 ... .max))"
        folder = root
        program = try PostgresServer.programs()
        let lines =
            [
                "unix_socket_directories = '\(root)'", "listen_addresses = ''", "fsync = off", "max_connections = 400",
                "shared_buffers = 64MB", "logging_collector = off", "log_min_messages = fatal",
            ] + settings
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: "\(root)/settings"))
        try PostgresServer.shell("chmod 777 '\(root)'")
        // Whoever reads the pipe sees its end when this process is gone.
        let stop = PostgresServer.command("pg_ctl -D '\(root)/data' -m immediate stop", at: program)
        guardian = try RunningProgram(
            "sh", ["-c", "trap '' INT TERM HUP; read line; \(stop); rm -rf '\(root)'"], input: .pipe)
        try shell(
            "initdb -D '\(root)/data' -U reel -A trust -E UTF8 --locale=C > /dev/null"
                + " && cat '\(root)/settings' >> '\(root)/data/postgresql.conf'")
        if let smallDisk {
            // Only the server sees what is mounted there.
            try FileManager.default.createDirectory(atPath: "\(root)/small", withIntermediateDirectories: true)
            let mount = "mount -t tmpfs -o size=\(smallDisk)m,mode=700,uid=$(id -u postgres) tmpfs '\(root)/small'"
            try PostgresServer.shell("unshare -m sh -c \(PostgresServer.quoted("\(mount) && \(command(starting))"))")
            try sql(url(of: "postgres"), "CREATE TABLESPACE small LOCATION '\(root)/small'")
        } else {
            try start()
        }
    }

    /// Makes an empty database, and returns its URL.
    ///
    /// - Parameter tablespace: where it is kept, when that is not where the server keeps others.
    package func newDatabase(tablespace: String = "pg_default") throws -> String {
        let name = "test_\(databases.add(1, ordering: .relaxed).newValue)"
        try shell("createdb -h '\(folder)' -U reel -D \(tablespace) \(name)")
        return url(of: name)
    }

    package func url(of database: String) -> String { "postgres:///\(database)?host=\(folder)&user=reel" }

    /// Runs SQL, and returns what it prints, a line a row.
    @discardableResult
    package func sql(_ url: String, _ statement: String) throws -> [String] {
        try PostgresServer.shell("psql '\(url)' -v ON_ERROR_STOP=1 -qAtX", input: statement).split(separator: "\n")
            .map(String.init)
    }

    package func start() throws { try shell(starting) }

    private var starting: String { "pg_ctl -D '\(folder)/data' -w -s -l '\(folder)/log' start" }

    /// Stops the server as a crash does.
    package func crash() throws { try shell("pg_ctl -D '\(folder)/data' -m immediate -w -s stop") }

    /// Stops the server as a crash does, and starts it.
    package func restart() throws {
        try crash()
        try start()
    }

    private func shell(_ line: String) throws { try PostgresServer.shell(command(line)) }

    private func command(_ line: String) -> String { PostgresServer.command(line, at: program) }

    /// The server's programs refuse to run as root.
    private static func command(_ line: String, at program: String) -> String {
        let line = "PATH='\(program)':$PATH; \(line)"
        guard getuid() == 0 else { return line }
        return "runuser -u postgres -- sh -c \(quoted(line))"
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }

    private static func programs() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        if let version = versions.compactMap({ Int($0) }).max() { return "\(root)/\(version)/bin" }
        return try shell("dirname \"$(command -v initdb)\"").trimmingCharacters(in: .newlines)
    }

    @discardableResult
    package static func shell(_ line: String, input: String = "") throws -> String {
        let program = try Program.run("bash", ["-c", line], input: Array(input.utf8))
        guard program.status == 0 else { throw Failure(description: "\(line): \(program.text)\(program.talk)") }
        return program.text
    }
}
