import ExternalTerm
import ReelJSON

/// The vectors of a folder, as its `manifest.json` has them. Spec/vectors.md §2 says what one looks like.
struct VectorManifest {
    /// The version of the format.
    var version: String
    var vectors: [Vector]
    /// The checksum of each entry, by the vector's id: of its JSON with the pairs in the order of their keys, without
    /// white space and without escapes that are not needed.
    var checksums: [String: String]

    static let name = "manifest.json"

    /// Reads a manifest.
    ///
    /// - Throws: ``Failure``, which names the first thing that is not as it should be.
    init(_ text: [UInt8]) throws {
        let term: Term
        do throws(JSONError) {
            term = try Term(plainJSON: text)
        } catch {
            throw Failure(.inputFellShort, error.reason, place: "\(error.code.rawValue), byte \(error.offset)")
        }
        let root = try ManifestObject(term, "the manifest", keys: ["version", "vectors"])
        version = try root.text("version")
        vectors = []
        checksums = [:]
        for (index, entry) in try root.array("vectors").enumerated() {
            let vector = try Vector(entry, at: index)
            guard checksums.updateValue(Checksum.sha256(Array(entry.json().utf8)), forKey: vector.id) == nil else {
                throw Failure(.inputFellShort, "the vector \(vector.id) is there twice")
            }
            vectors.append(vector)
        }
    }
}

extension Vector {
    private static let keys = [
        "id", "file", "sha256", "input", "section", "shows", "level", "expect", "error", "salvage", "otp",
    ]

    fileprivate init(_ entry: Term, at index: Int) throws {
        let name = entry.map?["id"]?.text ?? "number \(index)"
        let object = try ManifestObject(entry, "the vector \(name)", keys: Vector.keys)
        id = try object.text("id")
        guard Vector.isID(id) else { throw object.failure("its id has other characters than a-z, 0-9, '-', '.', '/'") }
        guard let family = Family(rawValue: String(id.prefix { $0 != "/" })), id.contains("/") else {
            throw object.failure("its id does not start with a family and a slash")
        }
        self.family = family
        file = try object.path("file")
        sha256 = try object.text("sha256")
        guard Checksum.isSHA256(sha256) else { throw object.failure("its sha256 is not 64 hexadecimal digits") }
        guard let input = Input(rawValue: try object.text("input")) else {
            throw object.failure("its input is none of \(Input.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.input = input
        section = try object.text("section")
        shows = try object.text("shows")
        guard let level = Level(rawValue: object.has("level") ? try object.text("level") : Level.reader.rawValue) else {
            throw object.failure("its level is none of \(Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.level = level
        outputs = [:]
        if object.has("expect") {
            let expect = try object.object("expect", keys: Output.allCases.map(\.rawValue))
            for output in Output.allCases where expect.has(output.rawValue) {
                guard input.outputs.contains(output), output != .salvage else {
                    throw object.failure("\(input.rawValue) has no output \(output.rawValue) to be expected")
                }
                outputs[output] = try expect.expected(output.rawValue)
            }
        }
        if object.has("error") {
            guard outputs.isEmpty else { throw object.failure("it has both expect and error") }
            error = try object.error(object.object("error", keys: ["kind", "offset"]), input)
        }
        if object.has("salvage") {
            guard input == .recording else { throw object.failure("\(input.rawValue) has no output salvage") }
            outputs[.salvage] = try object.expected("salvage")
        }
        if object.has("otp") { _ = try object.text("otp") }
        guard !outputs.isEmpty || error != nil else { throw object.failure("nothing is expected of it") }
    }

    private static func isID(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/")].contains(byte)
            }
    }
}

/// An object of a manifest, which knows what to call itself in an error.
private struct ManifestObject {
    let name: String
    private let fields: TermMap

    init(_ term: Term, _ name: String, keys: [String]) throws {
        self.name = name
        guard let fields = term.map else { throw Failure(.inputFellShort, "\(name) is no object") }
        self.fields = fields
        for key in fields.keys.compactMap(\.text) where !keys.contains(key) {
            throw failure("it has the key \(key), which is not known")
        }
    }

    func failure(_ reason: String) -> Failure { Failure(.inputFellShort, "\(name): \(reason)") }

    func has(_ key: String) -> Bool { value(key) != nil }

    private func value(_ key: String) -> Term? { fields[.binary(Array(key.utf8))] }

    private func required(_ key: String) throws -> Term {
        guard let value = value(key) else { throw failure("it has no \(key)") }
        return value
    }

    func text(_ key: String) throws -> String {
        guard let text = try required(key).text else { throw failure("its \(key) is no text") }
        return text
    }

    func array(_ key: String) throws -> [Term] {
        guard case .list(let elements) = try required(key) else { throw failure("its \(key) is no array") }
        return elements
    }

    func object(_ key: String, keys: [String]) throws -> ManifestObject {
        try ManifestObject(required(key), "\(name), \(key)", keys: keys)
    }

    /// A path that stays in the folder of vectors.
    func path(_ key: String) throws -> String {
        let path = try text(key)
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = path.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F }
        guard isPlain, parts.allSatisfy({ !["", ".", ".."].contains($0) }) else {
            throw failure("its \(key) is no path in the folder of vectors")
        }
        return path
    }

    func expected(_ key: String) throws -> Vector.Expected {
        let value = try required(key)
        if let text = value.text { return .text(text) }
        return .file(try ManifestObject(value, "\(name), \(key)", keys: ["file"]).path("file"))
    }

    func error(_ object: ManifestObject, _ input: Vector.Input) throws -> Vector.ExpectedError {
        let kind = try object.text("kind")
        guard input.errorKinds.contains(kind) else {
            throw failure("\(input.rawValue) is not refused as \(kind)")
        }
        guard object.has("offset") else { return Vector.ExpectedError(kind: kind, offset: nil) }
        guard let offset = try object.required("offset").integer, offset >= 0 else {
            throw failure("the offset of its error is no number of bytes")
        }
        return Vector.ExpectedError(kind: kind, offset: offset)
    }
}
