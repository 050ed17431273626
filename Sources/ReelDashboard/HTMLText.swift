package import Mustache
import Synchronization

/// Text as it may stand in HTML, between tags or in an attribute with quotes.
package enum HTMLText {
    /// Escapes by scalar, so that no combining character hides a quote or a tag's start, and shows control characters as U+FFFD.
    package static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "`": escaped += "&#96;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case "\r": escaped += "&#13;"
            case _ where scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Reads a Mustache template whose values are escaped like this.
    ///
    /// Mustache's own escaping goes by characters, and one that a combining mark follows is another character to it.
    package static func template(_ text: String) throws -> MustacheTemplate {
        _ = registered
        return try MustacheTemplate(string: "{{% CONTENT_TYPE:\(contentType)}}\n" + text)
    }

    private static let contentType = "REEL_HTML"
    private static let registered: Void = MustacheContentTypes.register(ContentType(), named: contentType)

    private struct ContentType: MustacheContentType {
        func escapeText(_ text: String) -> String { HTMLText.escaped(text) }
    }
}
