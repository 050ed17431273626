package import ExternalTerm
import FoundationEssentials

/// A file that pages refer to by its address: a style sheet, a font or an image. Implements Spec/pages.md §8.4.
public struct PageAsset: Hashable, Sendable {
    /// Its media type, such as `text/css`.
    public var type: String
    /// Its bytes.
    public var content: [UInt8]

    /// Creates an asset.
    public init(type: String, content: [UInt8]) {
        self.type = type
        self.content = content
    }

    /// The kind of the events that hold one.
    package static let kind: Atom = "page_asset"
    /// The most bytes of one that a recorder takes.
    package static let mostBytes = 4 << 20
    private static let styleSheet = "text/css"

    /// Takes an event's payload apart; nil when it has not the form of Spec/pages.md §8.4.
    package static func reading(_ payload: Term) -> (href: String, asset: PageAsset)? {
        guard case .map(let map) = payload, let href = map.pageValue("href")?.pageText, !href.isEmpty,
            let type = map.pageValue("type")?.pageText, case .binary(let content)? = map.pageValue("content")
        else { return nil }
        let asset = PageAsset(type: String(decoding: type, as: UTF8.self), content: content)
        return (String(decoding: href, as: UTF8.self), asset)
    }

    /// The payload of an event as it may be recorded: without other keys. Implements Spec/port.md §7.
    package static func recorded(_ payload: Term) -> Term {
        guard let (href, asset) = reading(payload), asset.content.count <= mostBytes else { return .map([:]) }
        return asset.payload(at: href)
    }

    /// The payload of an event that holds the file for an address.
    package func payload(at href: String) -> Term {
        .map(["content": .binary(content), "href": .string(href), "type": .string(type)])
    }

    /// Whether it is a style sheet.
    public var isStyleSheet: Bool { type == PageAsset.styleSheet }

    /// Whether it is an image. A type that could end the address it stands in is none.
    public var isImage: Bool {
        type.hasPrefix("image/")
            && type.utf8.dropFirst(6).allSatisfy { 97...122 ~= $0 || 48...57 ~= $0 || $0 == 43 || $0 == 45 || $0 == 46 }
    }

    /// Whether it is a font.
    var isFont: Bool { type.hasPrefix("font/") }

    /// An address that holds the whole file: `data:image/png;base64,…`.
    package var dataAddress: String { "data:\(type);base64,\(Data(content).base64EncodedString())" }

    /// What stands for the file where it is shown: a style sheet's text, or an address that holds all of it.
    package var shownText: String { isStyleSheet ? String(decoding: content, as: UTF8.self) : dataAddress }

    /// The type of a file by the end of its name; nil when it is none that pages show.
    static func type(ofFile name: String) -> String? {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
        return switch name[name.index(after: dot)...].lowercased() {
        case "css": styleSheet
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "gif": "image/gif"
        case "webp": "image/webp"
        case "avif": "image/avif"
        case "svg": "image/svg+xml"
        case "ico": "image/x-icon"
        case "bmp": "image/bmp"
        case "woff2": "font/woff2"
        case "woff": "font/woff"
        case "ttf": "font/ttf"
        case "otf": "font/otf"
        default: nil
        }
    }
}
