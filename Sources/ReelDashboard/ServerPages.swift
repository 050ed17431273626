import Mustache

/// The dashboard's own pages, made of the templates in `Pages`.
package enum ServerPages {
    private static let library: MustacheLibrary = {
        var library = MustacheLibrary()
        for file in EmbeddedFile.all where file.name.hasSuffix(".mustache") {
            let text = String(decoding: file.bytes, as: UTF8.self)
            if let template = try? HTMLText.template(text) {
                library.register(template, named: String(file.name.dropLast(".mustache".count)))
            }
        }
        return library
    }()

    /// The names of the templates that could be read.
    package static func has(_ name: String) -> Bool { library.getTemplate(named: name) != nil }

    /// A page with these values.
    static func page(_ name: String, _ values: [String: Any]) -> String {
        library.render(values, withTemplate: name) ?? ""
    }
}
