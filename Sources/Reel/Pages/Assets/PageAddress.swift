/// Where a file is on the server that a page came from: the names of a path, none of which leads up or is hidden.
struct PageAddress: Hashable, Sendable {
    var names: [String]

    /// Reads an address as a page or a style sheet writes it; nil when it leads to another server, or to no file.
    ///
    /// - Parameters:
    ///   - base: where it is written.
    ///   - host: the server's name and port, when they are known.
    init?(_ address: String, in base: PageAddress, host: String?) {
        var path = address.trimmingHTMLSpace.prefix { $0 != "?" && $0 != "#" }
        if let colon = path.firstIndex(of: ":"), !path[..<colon].contains("/") {
            guard ["http", "https"].contains(path[..<colon].lowercased()) else { return nil }
            path = path[path.index(after: colon)...]
            guard path.hasPrefix("//") else { return nil }
        }
        if path.hasPrefix("//") {
            path = path.dropFirst(2)
            let end = path.firstIndex(of: "/") ?? path.endIndex
            guard let host, path[..<end].lowercased() == host else { return nil }
            path = path[end...]
        }
        names = path.hasPrefix("/") ? [] : base.names.dropLast()
        for part in path.split(separator: "/") {
            guard let name = part.percentDecoded,
                !name.contains(where: { $0 == "/" || $0 == "\\" || $0 == "\0" })
            else { return nil }
            switch name {
            case ".": continue
            case "..": guard names.popLast() != nil else { return nil }
            case _ where name.hasPrefix("."): return nil
            default: names.append(name)
            }
        }
        guard !names.isEmpty else { return nil }
    }

    /// No path, below which everything is.
    static let root = PageAddress(names: [])

    private init(names: [String]) { self.names = names }

    /// The server's name and port in the address that a session started at.
    static func host(of url: String) -> String? {
        guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
        return url[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }.lowercased()
    }
}

extension Substring {
    /// The text that it stands for, or nil when that is none.
    fileprivate var percentDecoded: String? {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            let digits = Substring(rest.prefix(2))
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy(\.isHexDigit),
                let decoded = UInt8(digits, radix: 16)
            {
                rest = rest.dropFirst(2)
                bytes.append(decoded)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension String {
    fileprivate var trimmingHTMLSpace: Substring {
        let isSpace = { (character: Character) in character.utf8.allSatisfy(\.isHTMLSpace) }
        return drop(while: isSpace)[...].droppingLast(while: isSpace)
    }
}

extension Substring {
    fileprivate func droppingLast(while isDropped: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isDropped(last) { rest.removeLast() }
        return rest
    }
}
