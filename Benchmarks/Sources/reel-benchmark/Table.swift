/// Rows of text under a head, for a terminal or as Markdown.
struct Table {
    var head: [String]
    var rows: [[String]] = []

    init(_ head: [String]) { self.head = head }

    /// Columns that are as wide as their widest cell; the first one starts at the left, the others end at the right.
    var text: String {
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = ([head] + rows).map { row in
            zip(row.indices, zip(row, widths)).map { index, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + padding : padding + cell.0
            }.joined(separator: "  ")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    var markdown: String {
        let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |\n" }
        return line(head) + line(head.map { _ in "---" }) + rows.map(line).joined()
    }
}
