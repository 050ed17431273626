/// Where a store is, as people write it.
///
/// | written | is |
/// | --- | --- |
/// | `recordings`, `/var/lib/reel`, `./sqlite:odd` | a folder |
/// | `sqlite:replays.db`, `sqlite:/var/lib/replays.db` | a SQLite database |
/// | `postgres://user@host/database`, `postgresql://...` | a PostgreSQL database, in libpq's own form with all its options |
/// | `phoenix-replay:postgres://...` | the table of PhoenixReplay's Ecto storage, read only |
public enum StoreLocation: Hashable, Sendable {
    /// A folder.
    case folder(String)
    /// The file of a SQLite database.
    case sqlite(String)
    /// The URL of a PostgreSQL database.
    case postgres(String)
    /// The URL of a PostgreSQL database that PhoenixReplay writes to.
    case phoenixReplay(String)

    /// What is expected where a store is to be named.
    public static let form =
        "a folder, sqlite:PATH, postgres://USER@HOST/DATABASE, or phoenix-replay:postgres://USER@HOST/DATABASE"

    /// Reads what somebody wrote.
    ///
    /// - Throws: ``StoreError`` of the kind ``StoreError/Kind/invalidLocation``, which says what was expected.
    public init(_ text: String) throws(StoreError) {
        func invalid(_ reason: String) -> StoreError {
            StoreError(.invalidLocation, "\(reason): expected \(StoreLocation.form)")
        }
        guard !text.isEmpty else { throw invalid("a store without a name") }
        guard !text.utf8.contains(0) else { throw invalid("a store's name with a NUL in it") }
        let scheme = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+" || $0 == "-" || $0 == ".") }
        guard scheme.first?.isLetter == true, text.dropFirst(scheme.count).first == ":" else {
            self = .folder(text)
            return
        }
        let rest = text.dropFirst(scheme.count + 1)
        switch scheme.lowercased() {
        case "sqlite":
            guard !rest.isEmpty else { throw invalid("'\(text)' names no file") }
            guard !rest.hasPrefix("//") || rest.hasPrefix("///") else {
                throw invalid("'\(text)' has a host: SQLite's file follows the colon")
            }
            self = .sqlite(rest.hasPrefix("///") ? String(rest.dropFirst(2)) : String(rest))
        case "postgres", "postgresql":
            guard rest.hasPrefix("//") else { throw invalid("'\(text)' has no // after postgres:") }
            self = .postgres(text)
        case "phoenix-replay":
            guard case .postgres(let url) = try StoreLocation(String(rest)) else {
                throw invalid("'\(text)' names no PostgreSQL database")
            }
            self = .phoenixReplay(url)
        case "file":
            guard rest.hasPrefix("///") else { throw invalid("'\(text)' names no folder of this machine") }
            self = .folder(String(rest.dropFirst(2)))
        default:
            throw invalid("'\(scheme):' is no kind of store")
        }
    }
}

extension StoreLocation: CustomStringConvertible {
    /// The location, without a password that it may have.
    public var description: String {
        switch self {
        case .folder(let path): path
        case .sqlite(let path): "sqlite:\(path)"
        case .postgres(let url): StoreLocation.withoutPassword(url)
        case .phoenixReplay(let url): "phoenix-replay:\(StoreLocation.withoutPassword(url))"
        }
    }

    private static func withoutPassword(_ url: String) -> String {
        var url = url
        if let start = url.range(ofText: "://")?.upperBound {
            let authority = url[start...].prefix { $0 != "/" && $0 != "?" }
            if let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") {
                url.replaceSubrange(colon..<at, with: ":***")
            }
        }
        for name in ["password=", "sslpassword="] {
            for separator in ["?", "&"] {
                guard let start = url.range(ofText: separator + name)?.upperBound else { continue }
                url.replaceSubrange(start..<(url[start...].firstIndex(of: "&") ?? url.endIndex), with: "***")
            }
        }
        return url
    }
}

extension String {
    fileprivate func range(ofText text: String) -> Range<Index>? { firstRange(of: text) }
}
