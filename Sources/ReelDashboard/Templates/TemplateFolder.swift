import FoundationEssentials
import Mustache
import SystemPackage

/// The templates of a folder, as they were when it was read.
struct TemplateFolder: Sendable {
    /// What tells whether a file has changed.
    struct Stamp: Hashable, Sendable {
        var byteCount: UInt64
        var date: Date
    }

    private static let fileExtension = "mustache"
    /// The most bytes of a template.
    private static let mostBytes = 4 << 20

    var templates = MustacheLibrary()
    /// What is wrong with the templates that could not be parsed, by their names.
    var errors: [String: TemplateError] = [:]
    /// The files that were read, by the templates' names.
    var stamps: [String: Stamp] = [:]

    /// No templates.
    init() {}

    /// Reads a folder.
    init(_ folder: FilePath) throws(TemplateError) {
        stamps = try TemplateFolder.stamps(of: folder)
        var texts: [String: String] = [:]
        var parsed: [String: MustacheTemplate] = [:]
        for (name, stamp) in stamps {
            let path = TemplateFolder.path(of: name, in: folder)
            do {
                guard stamp.byteCount <= TemplateFolder.mostBytes else {
                    throw TemplateError(file: path, reason: "more than \(TemplateFolder.mostBytes) bytes")
                }
                let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
                texts[name] = text
                parsed[name] = try HTMLText.template(text)
            } catch {
                errors[name] = TemplateError(reading: path, error)
            }
        }
        let inclusions = TemplateInclusions(texts)
        for name in texts.keys {
            guard let problem = inclusions.problem(of: name) else { continue }
            errors[name] = TemplateError(file: TemplateFolder.path(of: name, in: folder), reason: problem)
        }
        // What includes a template that is broken is broken.
        for name in texts.keys where errors[name] == nil {
            errors[name] = errors.first { inclusions.reaches($0.key, from: name) }?.value
        }
        templates = MustacheLibrary(templates: parsed.filter { errors[$0.key] == nil })
    }

    /// The files of a folder that hold templates.
    static func stamps(of folder: FilePath) throws(TemplateError) -> [String: Stamp] {
        do {
            var stamps: [String: Stamp] = [:]
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.string) {
                guard file.hasSuffix(".\(fileExtension)") else { continue }
                let name = String(file.dropLast(fileExtension.count + 1))
                let attributes = try FileManager.default.attributesOfItem(atPath: path(of: name, in: folder))
                stamps[name] = Stamp(
                    byteCount: attributes[.size] as? UInt64 ?? 0,
                    date: attributes[.modificationDate] as? Date ?? .distantPast)
            }
            return stamps
        } catch {
            throw TemplateError(file: folder.string, reason: "cannot be read as a folder of templates (\(error))")
        }
    }

    /// The file that holds a template, or would hold it.
    static func path(of name: String, in folder: FilePath) -> String { "\(folder.string)/\(name).\(fileExtension)" }
}

extension TemplateError {
    init(reading path: String, _ error: any Error) {
        switch error {
        case let error as TemplateError: self = error
        case let error as MustacheTemplate.ParserError:
            // The first line is ours: see HTMLText.
            let line = max(error.context.lineNumber - 1, 1)
            self.init(file: path, reason: "line \(line): \(TemplateError.words(for: error.error))")
        default: self.init(file: path, reason: "cannot be read (\(error))")
        }
    }

    private static func words(for error: any Error) -> String {
        switch error as? MustacheTemplate.Error {
        case .sectionCloseNameIncorrect: "a section is closed that was not the last one opened"
        case .unfinishedName: "a tag has no end"
        case .expectedSectionEnd: "a section is not closed"
        default: "\(error)"
        }
    }
}
