import ExternalTerm
import Reel
import ReelJSON
import ReelStore

/// What a view showed and held after an event.
struct ReplayedPage {
    let view: String?
    let state: State

    /// Reads a recording's state after an event; -1 is before the first one.
    init(_ content: any RandomAccessBytes, after event: Int, limits: ReaderLimits) throws(ReelError) {
        let file = try RecordingFile(content, limits: limits)
        view = try file.header.view
        state = event < 0 ? State() : try file.state(after: event)
    }

    /// The page: of the view's template, or what there is to say without one.
    func html(_ templates: PageTemplates) throws -> String {
        guard let view else { return try assigns(advice: "The recording does not say which view it is of.") }
        do {
            if let page = try templates.page(of: view, state: state) { return page }
        } catch {
            throw DashboardError.unreadable("the template of \(view): \(error)")
        }
        let file = PageTemplates.fileName(of: view).map { "add \($0) to the folder of templates" }
        return try assigns(
            advice: "There is no template for \(view). To see the page as it was, "
                + "\(file ?? "give the dashboard a closure for it"). Until then, these are its assigns:")
    }

    private func assigns(advice: String) throws -> String {
        let rows = state.assigns.pairs.map { pair -> [String: Any] in
            [
                "key": pair.key.atom?.name ?? pair.key.elixirText(charlists: .written),
                "value": ReplayedPage.text(of: pair.value),
            ]
        }
        var values: [String: Any] = ["advice": advice, "rows": rows, "isEmpty": rows.isEmpty]
        values["url"] = state.url
        values["unsure"] = state.unsureSince.map(Shown.duration)
        return ServerPages.page("assigns", values)
    }

    /// A value as Elixir writes it, as much of it as a page shows.
    private static func text(of term: Term) -> String {
        let text = term.elixirText(charlists: .written)
        return text.utf8.count > 20_000 ? text.prefix(20_000) + "…" : text
    }

    /// The state in one of the notations that ``Routes`` names, and its media type.
    func text(_ mapping: String) throws(DashboardError) -> (type: String, text: String) {
        switch mapping {
        case "elixir": ("text/plain; charset=utf-8", state.term.elixirText(charlists: .written))
        case "tagged": ("application/json", state.term.json(mapping: .tagged, style: JSONStyle(isHTMLSafe: true)))
        case "plain": ("application/json", state.term.json(style: JSONStyle(isHTMLSafe: true)))
        default: throw .badRequest("mapping=\(mapping.shortened): expected elixir, tagged or plain")
        }
    }
}
