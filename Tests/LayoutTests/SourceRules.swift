/// What the sources of a room may import and contain.
struct SourceRules {
    /// The rooms that each room may import, besides the standard library.
    static let imports: [String: Set<String>] = [
        "CZlib": [],
        "CNettle": [],
        "CMalloc": [],
        "Hashing": ["CNettle"],
        "Zlib": ["CZlib"],
        "ExternalTerm": ["Zlib"],
        "ExternalTerm/Tag.swift": [],
        "GzipMembers": ["Zlib"],
        "Reel": ["ExternalTerm", "GzipMembers", "Zlib", "SystemPackage", "FoundationEssentials"],
        "Reel/IO/File.swift": ["SystemPackage", "Glibc"],
        "ReelJSON": ["Reel", "ExternalTerm", "Zlib", "FoundationEssentials", "Synchronization"],
        "ReelStore": ["ReelJSON", "Reel", "ExternalTerm", "Zlib", "SystemPackage", "Dispatch", "Synchronization"],
        "ReelStore/SQL/CountsJSON.swift": ["Reel", "ExternalTerm", "FoundationEssentials"],
        "ReelStore/Files/FileSystem.swift": ["SystemPackage", "FoundationEssentials", "Synchronization", "Glibc"],
        "ReelStoreSQLite": [
            "ReelStore", "Reel", "ExternalTerm", "GRDB", "Foundation", "Synchronization", "SystemPackage",
        ],
        "ReelStorePostgres": ["ReelStore", "Reel", "ExternalTerm", "Dispatch", "Synchronization"],
        "ReelStorePostgres/PostgresConnection.swift": ["ReelStore", "CPostgres", "Synchronization", "Glibc"],
        "reel-tool/Vectors/ChildProcess.swift": ["Glibc", "SystemPackage"],
        "reel-tool/Input/RawPaths.swift": ["FoundationEssentials", "Glibc", "SystemPackage"],
        "ReelRetention": ["ReelStore", "ServiceLifecycle", "Logging"],
        "ReelRecorder": [
            "ReelStore", "Reel", "ExternalTerm", "GzipMembers", "Zlib", "Dispatch", "Synchronization", "SystemPackage",
            "FoundationEssentials", "Logging", "Metrics", "ServiceLifecycle",
        ],
        "ReelRecorder/Storing/QueueExecutor.swift": ["Dispatch"],
        "ReelRecorder/Recording/EventWriter.swift": ["ExternalTerm"],
        "ReelRecorder/Recording/MonotonicTime.swift": ["Glibc"],
        "ReelDashboard": [
            "ReelStore", "ReelJSON", "Reel", "ExternalTerm", "GzipMembers", "Synchronization", "SystemPackage",
            "FoundationEssentials", "Hashing", "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging",
            "Mustache", "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "ServiceLifecycle", "UnixSignals",
        ],
        "ReelDashboard/EmbeddedFile.swift": ["CDashboardWeb"],
        "ReelDashboard/Serving/FreeMemory.swift": ["CMalloc"],
        "ReelDashboard/Recording/ReadingWork.swift": [
            "Foundation", "HTTPTypes", "Reel", "ReelStore", "Synchronization",
        ],
    ]

    /// The rooms that may import anything.
    static let unrestricted: Set<String> = ["reel-tool"]

    /// The rooms that wrap what is unsafe: zlib, nettle, and the system's calls that want pointers.
    static let unsafe: Set<String> = [
        "Zlib", "Reel/IO/File.swift", "ReelStore/Files/FileSystem.swift", "ReelStorePostgres/PostgresConnection.swift",
        "Hashing", "ReelDashboard/EmbeddedFile.swift", "reel-tool/Vectors/ChildProcess.swift",
        "reel-tool/Input/RawPaths.swift",
        "ReelRecorder/Storing/QueueExecutor.swift",
        "ReelRecorder/Recording/EventWriter.swift", "ReelRecorder/Recording/MonotonicTime.swift",
    ]

    /// The room that the source at `path` belongs to: its folder's, or one of its own.
    static func room(of path: String) -> String? {
        imports[path] == nil ? path.split(separator: "/").first.map(String.init) : path
    }

    /// Text that no source has.
    static let forbidden = ["fatalError(", "try!", "as!", "TODO", "FIXME"]

    /// The most lines that a source has.
    static let longestSource = 600

    /// What is wrong with a source of `room`: one line each, with the line's number.
    static func violations(in source: String, room: String) -> [String] {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        var violations: [String] = []
        for (index, line) in lines.enumerated() {
            let found = { (text: String) in violations.append("line \(index + 1): \(text)") }
            if let module = importedModule(of: line), !mayImport(module, room: room) {
                found("\(room) imports \(module)")
            }
            let code = withoutComment(line)
            // Browsers' word for styles that stand in a page is another one.
            if !unsafe.contains(room), words(of: code.replacing("'unsafe-inline'", with: "")).contains("unsafe") {
                found("`unsafe` outside the rooms that wrap it")
            }
            // The tags and the numbers of terms are known in one place.
            if room != "ExternalTerm/Tag.swift", code.contains(/(==|!=|\[|,) ?131\b|<< 24 \|/) {
                found("bytes of a term, which ExternalTerm/Tag.swift knows")
            }
            for text in forbidden where has(text, in: text.allSatisfy(\.isLetter) ? String(line) : code) {
                found("`\(text)`")
            }
        }
        // The last line ends with a line feed, which starts no other one.
        let count = lines.last == "" ? lines.count - 1 : lines.count
        if count > longestSource { violations.append("\(count) lines, more than \(longestSource)") }
        return violations
    }

    private static func mayImport(_ module: String, room: String) -> Bool {
        if unrestricted.contains(room) { return true }
        return imports[room]?.contains(module) ?? false
    }

    /// The module that a line imports, whatever stands before `import`, or nil.
    static func importedModule(of line: some StringProtocol) -> String? {
        var rest = withoutComment(line).split(whereSeparator: \.isWhitespace)[...]
        let modifiers: Set<String> = [
            "public", "package", "internal", "fileprivate", "private", "@preconcurrency", "@testable",
        ]
        while let first = rest.first, modifiers.contains(String(first)) || first.hasPrefix("@") { rest.removeFirst() }
        guard rest.popFirst() == "import", var name = rest.popFirst() else { return nil }
        let kinds: Set<String> = ["struct", "class", "enum", "protocol", "typealias", "func", "var", "let"]
        if kinds.contains(String(name)), let next = rest.first { name = next }
        return name.split(separator: ".").first.map(String.init)
    }

    private static func withoutComment(_ line: some StringProtocol) -> String {
        let text = String(line)
        guard let comment = text.firstRange(of: "//") else { return text }
        return String(text[..<comment.lowerBound])
    }

    private static func words(of code: String) -> [Substring] {
        code.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// Whether `text` stands in `line`, and not as the end or start of a longer word.
    private static func has(_ text: String, in line: some StringProtocol) -> Bool {
        let line = String(line)
        return line.ranges(of: text).contains { range in
            let before = line[..<range.lowerBound].last
            let after = line[range.upperBound...].first
            let isWord = { (character: Character?) in character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
            }
            return !isWord(before) && !(text.last?.isLetter == true && isWord(after))
        }
    }
}
