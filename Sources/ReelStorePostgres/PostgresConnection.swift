import CPostgres
import Glibc
import Synchronization

/// A value that is sent to the database in place of `$1`, `$2`, ...
enum PostgresValue: Sendable {
    case null
    case integer(Int)
    case boolean(Bool)
    case text(String)
    case texts([String])
    case integers([Int64])
    case bytes([UInt8])

    init(_ text: String?) { self = text.map(PostgresValue.text) ?? .null }
    init(_ number: Int?) { self = number.map(PostgresValue.integer) ?? .null }
}

/// What the database says went wrong.
struct PostgresError: Error {
    /// The five characters that SQL gives the error, when the database gave it.
    var state: String?
    var message: String
    /// Whether the connection is of no more use.
    var isConnectionLost: Bool
    /// Whether what should name a database does not.
    var isInvalidURL = false
}

/// The rows that a statement has given, in PostgreSQL's binary form.
struct PostgresRows: Sendable {
    /// The cells, row by row; nil is NULL.
    fileprivate(set) var rows: [[[UInt8]?]] = []
    /// How many rows the statement has changed.
    fileprivate(set) var changedCount = 0
}

/// What another connection has notified of.
struct PostgresNotification: Sendable {
    var channel: String
    var payload: String
}

/// A connection to PostgreSQL through libpq, and the only place where its pointers are. It does one thing at a time: who calls
/// meanwhile waits.
final class PostgresConnection: Sendable {
    private let handle: Mutex<Handle>

    /// libpq's connection, closed when it is dropped.
    @safe private struct Handle: ~Copyable {
        let pointer: OpaquePointer
        let library: PostgresLibrary

        init(_ pointer: OpaquePointer, of library: PostgresLibrary) {
            unsafe self.pointer = unsafe pointer
            self.library = library
        }

        // Safe: nobody else has the pointer.
        deinit { unsafe library.PQfinish(pointer) }
    }

    /// Connects.
    ///
    /// - Parameter url: libpq's URL or keywords, with all its options.
    init(_ url: String) throws(PostgresError) {
        let library = try PostgresLibrary.loaded.get()
        if let message = library.complaint(about: url) {
            throw PostgresError(state: nil, message: message, isConnectionLost: false, isInvalidURL: true)
        }
        // What the URL says counts more than what comes before it, and less than what comes after.
        let keywords = ["connect_timeout", "fallback_application_name", "dbname", "client_encoding"]
        let values = ["10", "reel", url, "UTF8"]
        let made: OpaquePointer? = unsafe PostgresLibrary.withStrings(keywords) { keywords in
            unsafe PostgresLibrary.withStrings(values) { values in
                // Safe: both end with a null pointer and outlive the call.
                unsafe library.PQconnectdbParams(keywords, values, 1)
            }
        }
        guard let made = unsafe made else {
            throw PostgresError(state: nil, message: "no memory for a connection", isConnectionLost: true)
        }
        // Safe: not null, and closed by the handle.
        guard unsafe library.PQstatus(made) == CONNECTION_OK else {
            let message = unsafe PostgresLibrary.text(library.PQerrorMessage(made))
            unsafe library.PQfinish(made)
            throw PostgresError(state: nil, message: message, isConnectionLost: true)
        }
        // Notices are for people at a terminal.
        _ = unsafe library.PQsetNoticeProcessor(made, { _, _ in }, nil)
        handle = Mutex(unsafe Handle(made, of: library))
    }

    /// Runs one statement with values, or several without.
    @discardableResult
    func execute(_ sql: String, _ values: [PostgresValue] = []) throws(PostgresError) -> PostgresRows {
        let outcome: Result<PostgresRows, PostgresError> = handle.withLock { handle in
            let connection = unsafe handle.pointer
            let library = handle.library
            let result = unsafe library.result(of: sql, values, on: connection)
            // Safe: libpq takes null in each of these calls.
            defer { unsafe library.PQclear(result) }
            switch unsafe library.PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                return .success(unsafe library.rows(of: result))
            default:
                let state = unsafe library.PQresultErrorField(result, Int32(UInt8(ascii: "C")))
                let message =
                    unsafe library.PQresultErrorField(result, Int32(UInt8(ascii: "M")))
                    ?? library.PQerrorMessage(connection)
                return .failure(
                    PostgresError(
                        state: unsafe state == nil ? nil : PostgresLibrary.text(state),
                        message: unsafe PostgresLibrary.text(message),
                        isConnectionLost: unsafe library.PQstatus(connection) != CONNECTION_OK))
            }
        }
        return try outcome.get()
    }

    /// Waits for notifications, or until there is something to read from `wake`.
    ///
    /// - Returns: those that have come; none when it was woken.
    func notifications(wake: Int32) throws(PostgresError) -> [PostgresNotification] {
        let outcome: Result<[PostgresNotification], PostgresError> = handle.withLock { handle in
            let connection = unsafe handle.pointer
            let library = handle.library
            let lost = PostgresError(state: nil, message: "the connection is gone", isConnectionLost: true)
            var found = unsafe library.notifications(on: connection)
            while found.isEmpty {
                let socket = unsafe library.PQsocket(connection)
                guard socket >= 0 else { return .failure(lost) }
                var waiting = [
                    pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
                ]
                // Safe: the array outlives the call, which writes into its elements.
                guard unsafe poll(&waiting, 2, -1) >= 0 || errno == EINTR else { return .failure(lost) }
                if waiting[1].revents != 0 { return .success([]) }
                guard unsafe library.PQconsumeInput(connection) == 1 else { return .failure(lost) }
                found = unsafe library.notifications(on: connection)
            }
            return .success(found)
        }
        return try outcome.get()
    }
}

// What is done with libpq's pointers.
extension PostgresLibrary {
    /// libpq, which is loaded when it is first asked for.
    fileprivate static let loaded: Result<PostgresLibrary, PostgresError> = {
        var message: UnsafePointer<CChar>? = nil
        // Safe: what is found stays where it is, and the message is copied at once.
        if let library = unsafe loadPostgresLibrary(&message) { return .success(unsafe library.pointee) }
        return .failure(
            PostgresError(
                state: nil,
                message:
                    unsafe "there is no libpq: install libpq5 (Debian, Ubuntu) or libpq (Fedora, Homebrew): \(PostgresLibrary.text(message))",
                isConnectionLost: false))
    }()

    /// What libpq cannot read in a URL, or nil.
    fileprivate func complaint(about url: String) -> String? {
        var message: UnsafeMutablePointer<CChar>? = nil
        // Safe: libpq frees what it has made, and takes null.
        if let options = unsafe PQconninfoParse(url, &message) {
            unsafe PQconninfoFree(options)
            return nil
        }
        defer { unsafe PQfreemem(message) }
        return unsafe PostgresLibrary.text(message)
    }

    @unsafe fileprivate func result(
        of sql: String, _ values: [PostgresValue], on connection: OpaquePointer
    ) -> OpaquePointer? {
        // Several statements at once have no values, and give no rows.
        if values.isEmpty, sql.contains(";") { return unsafe PQexec(connection, sql) }
        var bytes: [UInt8] = []
        var starts: [Int?] = []
        var lengths: [Int32] = []
        var formats: [Int32] = []
        for value in values {
            guard let text = value.encoded else {
                starts.append(nil)
                lengths.append(0)
                formats.append(0)
                continue
            }
            starts.append(bytes.count)
            lengths.append(Int32(clamping: text.bytes.count))
            formats.append(text.isBinary ? 1 : 0)
            bytes += text.bytes
            bytes.append(0)
        }
        // Safe: each pointer leads into the array, to a value that ends with a NUL, and all outlive the call.
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            let base = unsafe UnsafeRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
            let pointers = unsafe starts.map { start in unsafe start.flatMap { unsafe base?.advanced(by: $0) } }
            return unsafe PQexecParams(
                connection, sql, Int32(values.count), nil, pointers, lengths, formats, 1)
        }
    }

    @unsafe fileprivate func rows(of result: OpaquePointer?) -> PostgresRows {
        var rows = PostgresRows()
        // Safe: rows and columns are within what libpq says there is, and the bytes are copied before the result is cleared.
        rows.changedCount = unsafe Int(PostgresLibrary.text(PQcmdTuples(result))) ?? 0
        let columnCount = unsafe PQnfields(result)
        for row in 0..<(unsafe PQntuples(result)) {
            rows.rows.append(
                (0..<columnCount).map { column in
                    guard unsafe PQgetisnull(result, row, column) == 0 else { return nil }
                    let count = unsafe Int(PQgetlength(result, row, column))
                    let start = unsafe UnsafeRawPointer(PQgetvalue(result, row, column))
                    return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
                })
        }
        return rows
    }

    @unsafe fileprivate func notifications(on connection: OpaquePointer) -> [PostgresNotification] {
        var found: [PostgresNotification] = []
        // Safe: the text is copied before the notification is freed.
        while let notification = unsafe PQnotifies(connection) {
            found.append(
                unsafe PostgresNotification(
                    channel: PostgresLibrary.text(notification.pointee.relname),
                    payload: PostgresLibrary.text(notification.pointee.extra)))
            unsafe PQfreemem(notification)
        }
        return found
    }

    /// Calls `body` with C's form of an array of strings.
    @unsafe fileprivate static func withStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result?
    ) -> Result? {
        let bytes = strings.map { Array($0.utf8CString) }
        let joined = Array(bytes.joined())
        // Safe: each pointer leads into the array, to a string that ends with a NUL, and both arrays outlive the call.
        return unsafe joined.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var pointers: [UnsafePointer<CChar>?] = unsafe []
            var start = 0
            for string in bytes {
                unsafe pointers.append(base.advanced(by: start))
                start += string.count
            }
            unsafe pointers.append(nil)
            return unsafe pointers.withUnsafeBufferPointer { pointers in
                unsafe pointers.baseAddress.flatMap { unsafe body($0) }
            }
        }
    }

    @unsafe fileprivate static func text(_ pointer: UnsafePointer<CChar>?) -> String {
        guard let pointer = unsafe pointer else { return "" }
        var text = unsafe String(cString: pointer)
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }
}

/// A pipe that ends somebody's waiting.
final class WakePipe: Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    init() throws(PostgresError) {
        var ends: [Int32] = [-1, -1]
        // Safe: the array has the two elements that the call writes.
        guard unsafe pipe(&ends) == 0 else {
            throw PostgresError(state: nil, message: "no pipe: error \(errno)", isConnectionLost: false)
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Wakes all that wait, now and from now on.
    func wake() {
        var byte: UInt8 = 1
        // Safe: one byte is read, which outlives the call.
        _ = unsafe write(writeEnd, &byte, 1)
    }
}

extension PostgresValue {
    /// What is sent: text that ends before the first NUL, or bytes.
    fileprivate var encoded: (bytes: [UInt8], isBinary: Bool)? {
        switch self {
        case .null: nil
        case .integer(let number): (Array(String(number).utf8), false)
        case .boolean(let value): ([UInt8(ascii: value ? "t" : "f")], false)
        case .text(let text): (Array(text.utf8.prefix { $0 != 0 }), false)
        case .integers(let numbers): (Array("{\(numbers.map(String.init).joined(separator: ","))}".utf8), false)
        case .texts(let texts):
            (
                Array(
                    ("{"
                        + texts.map { text in
                            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
                        }.joined(separator: ",") + "}").utf8), false
            )
        case .bytes(let bytes): (bytes, true)
        }
    }
}
