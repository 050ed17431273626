import ExternalTerm
import Mustache
public import Reel
import Synchronization
public import SystemPackage

/// What makes a page of a recorded state, for each view: the same assigns, the same page.
///
/// A folder holds Mustache templates, one a view: `Shop.CartLive.mustache` for `Shop.CartLive`. They may include each other as
/// partials, and are read again when a file of the folder has changed. Or closures make the pages:
///
/// ```swift
/// let templates = try PageTemplates(folder: "Templates")
/// let written = PageTemplates(["Shop.CartLive": { state in "<p>\(state.assigns.count) assigns</p>" }])
/// ```
///
/// What templates see:
///
/// | term | `{{name}}` | `{{#name}}…{{/name}}` |
/// | --- | --- | --- |
/// | `nil` | nothing | left out |
/// | `true`, `false` | `true`, `false` | shown or left out |
/// | other atoms, modules | the name, without `Elixir.` | shown |
/// | binaries of UTF-8 | the text | shown, the empty one too; `{{^empty(name)}}` asks |
/// | numbers | their digits | shown |
/// | lists, tuples, `MapSet`s | as Elixir writes them | once for each element, which is `{{.}}` |
/// | maps, structs | as Elixir writes them | once, and names are looked up in it first |
/// | `Date`, `DateTime`, `Decimal`, `URI` and the like | as `to_string` has it | shown |
/// | anything else | as Elixir writes it | shown |
///
/// `{{cart.total}}` is a map's value under an atom, or else a binary or a number; `{{items.0}}` a list's element; `{{opts.size}}`
/// a keyword list's value. `count`, `empty`, `first`, `last`, `reversed` and `sorted` may be asked of lists, `count`, `empty` and
/// `enumerated` (pairs of `key` and `value`) of maps, `empty`, `capitalized`, `lowercased`, `uppercased` and `reversed` of text,
/// `plusone`, `minusone`, `equalzero`, `even` and `odd` of integers. Besides the assigns there are `{{url}}`, the address, and
/// `{{#components}}`, each with `module`, `id` and its assigns, unless an assign has the name. Values are escaped for HTML text and
/// for attributes with quotes. A name that is not there is looked up further out: a template that includes itself has to ask
/// for `{{#.children}}`, with a dot, which is looked up in the innermost value only.
public final class PageTemplates: Sendable {
    /// Makes a page of a state.
    public typealias Page = @Sendable (State) throws -> String

    private let pages: [String: Page]
    private let folder: FilePath?
    private let library: Mutex<TemplateFolder>

    /// No templates.
    public static let none = PageTemplates([:])

    /// Creates templates of closures, by the view's name.
    ///
    /// What they return is shown as it is, without scripts and without a network.
    public init(_ pages: [String: Page]) {
        self.pages = pages
        folder = nil
        library = Mutex(TemplateFolder())
    }

    /// Reads the templates of a folder, the files named `VIEW.mustache`.
    ///
    /// - Parameter pages: closures for some views, which count before the files.
    /// - Throws: ``TemplateError`` when the folder cannot be read, or a template cannot be parsed.
    public init(folder: FilePath, pages: [String: Page] = [:]) throws(TemplateError) {
        self.pages = pages
        self.folder = folder
        let library = try TemplateFolder(folder)
        if let error = library.errors.sorted(by: { $0.key < $1.key }).first?.value { throw error }
        self.library = Mutex(library)
    }

    /// The page of a view in some state, or nil when the view has no template.
    ///
    /// - Throws: ``TemplateError`` when its template cannot be parsed any more, or what its closure throws.
    public func page(of view: String, state: State) throws -> String? {
        if let page = pages[view] { return try page(state) }
        guard let library = try current() else { return nil }
        if let error = library.errors[view] { throw error }
        return library.templates.render(StateValue(state), withTemplate: view)
    }

    /// Whether a view has a template.
    public func hasPage(of view: String) -> Bool {
        if pages[view] != nil { return true }
        guard let library = try? current() else { return false }
        return library.templates.getTemplate(named: view) != nil || library.errors[view] != nil
    }

    /// The name of the file that holds a view's template, or nil when no file can be named so.
    package static func fileName(of view: String) -> String? {
        let isPlain = { (scalar: Unicode.Scalar) in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains(scalar))
        }
        guard !view.isEmpty, view.first != ".", view.utf8.count <= 200, view.unicodeScalars.allSatisfy(isPlain) else {
            return nil
        }
        return view + ".mustache"
    }

    /// The templates as the folder has them now.
    private func current() throws(TemplateError) -> TemplateFolder? {
        guard let folder else { return nil }
        let stamps = try TemplateFolder.stamps(of: folder)
        let known = library.withLock { $0 }
        if known.stamps == stamps { return known }
        let read = try TemplateFolder(folder)
        library.withLock { $0 = read }
        return read
    }
}

/// What is wrong with a template.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, or the folder.
    public var file: String
    /// What is wrong, in words.
    public var reason: String

    public var description: String { "\(file): \(reason)" }
}

/// A state as templates see it: the assigns, and besides them the address and the components.
private struct StateValue: MustacheParent {
    let state: State
    let assigns: MapValue

    init(_ state: State) {
        self.state = state
        assigns = MapValue(state.assigns, of: .map(state.assigns), depth: 0)
    }

    func child(named name: String) -> Any? {
        if let value = assigns.child(named: name) { return value }
        switch name {
        case "url": return state.url.map(TextValue.init)
        case "components": return state.components.pairs.map(ComponentValue.init)
        default: return nil
        }
    }
}

/// A component as templates see it.
private struct ComponentValue: MustacheParent {
    let key: Term
    let assigns: MapValue

    init(_ pair: TermMap.Pair) {
        key = pair.key
        assigns = MapValue(pair.value.map ?? [:], of: pair.value, depth: 1)
    }

    func child(named name: String) -> Any? {
        switch name {
        case "module": key.elements?.first.map { TermValue.value(of: $0) }
        case "id": key.elements?.dropFirst().first.map { TermValue.value(of: $0) }
        default: assigns.child(named: name)
        }
    }
}
