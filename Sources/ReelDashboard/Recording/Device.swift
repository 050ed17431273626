import ExternalTerm
package import Reel

/// What a recording's header says of the visitor's browser.
package enum Device {
    /// A few words, such as `Firefox on Android`, or nil when the header does not say.
    ///
    /// They stand in `client` as `device`, `browser` and `os`, or as `user_agent`, which may also be in `session`.
    package static func name(_ header: Header) -> String? {
        let client = header.fields[atom: "client"]
        if let device = text("device", in: client) { return device }
        if let browser = text("browser", in: client) {
            return text("os", in: client).map { "\(browser) on \($0)" } ?? browser
        }
        let agent = text("user_agent", in: client) ?? text("user_agent", in: header.fields[atom: "session"])
        return agent.flatMap(name(userAgent:))
    }

    private static func text(_ name: String, in term: Term?) -> String? {
        guard let map = term?.map, let value = map[.string(name)] ?? Atom(named: name).flatMap({ map[atom: $0] }),
            let text = value.text, !text.isEmpty
        else { return nil }
        return text.count > 60 && name != "user_agent" ? text.prefix(60) + "…" : text
    }

    private static let browsers = [
        ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
    ]
    private static let systems = [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ]

    /// What a `User-Agent` comes to; the first that it names counts, since most name their ancestors as well.
    package static func name(userAgent: String) -> String? {
        let browser = browsers.first { userAgent.contains($0.0) }?.1
        let system = systems.first { userAgent.contains($0.0) }?.1
        switch (browser, system) {
        case (let browser?, let system?): return "\(browser) on \(system)"
        case (let known?, nil), (nil, let known?): return known
        case (nil, nil): return userAgent.isEmpty ? nil : String(userAgent.prefix(30))
        }
    }
}
