/// Modules of JavaScript as one script, for a page that has no files beside it.
///
/// Each module becomes a function that runs once, after those that it imports, and returns what it exports. That takes what the
/// modules of this repository keep to: imports of names from `./NAME.js`, each statement from the start of a line on; exports of
/// declarations, or from another module; no cycles, and nothing that only modules may do.
struct ScriptBundle {
    /// The script.
    private(set) var text = "\"use strict\";\n"
    private let modules: [String: String]
    private var state: [String: Bool] = [:]

    /// What keeps modules from becoming a script.
    enum Failure: Error, Hashable {
        case missing(String)
        case cycle(String)
    }

    /// Creates the script that runs a module.
    ///
    /// - Parameter modules: the text of each module by its name.
    init(running entry: String, of modules: [String: String]) throws(Failure) {
        self.modules = modules
        try add(entry)
    }

    private mutating func add(_ name: String) throws(Failure) {
        switch state[name] {
        case true?: return
        case false?: throw .cycle(name)
        case nil: break
        }
        guard let source = modules[name] else { throw .missing(name) }
        state[name] = false
        let module = Module(source)
        for imported in module.imports { try add(imported) }
        state[name] = true
        let exports = module.exports.joined(separator: ", ")
        text += "const \(Module.variable(name)) = (() => {\n\(module.body)return { \(exports) };\n})();\n"
    }
}

/// A module taken apart.
private struct Module {
    /// The modules that have to run before.
    var imports: [String] = []
    /// What is returned, as the parts of an object.
    var exports: [String] = []
    /// Everything else.
    var body = ""

    init(_ source: String) {
        // Made once, and asked only where they may match: making one for each line took seconds.
        let named = #/(import|export) \{([^}]*)\} from "\.\/([^"]+)";\n/#
        let all = #/export \* from "\.\/([^"]+)";\n/#
        let declaration = #/export ((?:async )?(?:const|let|class|function\*?) ([A-Za-z_$][A-Za-z0-9_$]*))/#
        var rest = source[...]
        while !rest.isEmpty {
            let isStatement = rest.hasPrefix("import ") || rest.hasPrefix("export ")
            if isStatement, let match = rest.prefixMatch(of: named) {
                let (_, word, names, name) = match.output
                add(String(word), String(names.replacing("\n", with: " ")), from: String(name))
                rest = rest[match.range.upperBound...]
            } else if isStatement, let match = rest.prefixMatch(of: all) {
                let name = String(match.output.1)
                imports.append(name)
                exports.append("...\(Module.variable(name))")
                rest = rest[match.range.upperBound...]
            } else {
                let end = rest.firstIndex(of: "\n").map { rest.index(after: $0) } ?? rest.endIndex
                let line = rest[..<end]
                if isStatement, let match = line.prefixMatch(of: declaration) {
                    exports.append(String(match.output.2))
                    body += match.output.1 + line[match.range.upperBound...]
                } else {
                    body += line
                }
                rest = rest[end...]
            }
        }
        if !body.hasSuffix("\n") { body += "\n" }
    }

    private mutating func add(_ word: String, _ names: String, from name: String) {
        imports.append(name)
        let variable = Module.variable(name)
        if word == "import" {
            body += "const {\(names.replacing(" as ", with: ": "))} = \(variable);\n"
        } else {
            for export in names.split(separator: ",").map(\.trimmed) where !export.isEmpty {
                exports.append("\(export): \(variable).\(export)")
            }
        }
    }

    /// What a module is called in the script.
    static func variable(_ name: String) -> String {
        "$" + String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
