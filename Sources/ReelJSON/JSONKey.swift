/// A key that is known beforehand: ASCII that needs no escape.
struct JSONKey: Sendable {
    /// The key as it is written: in quotes, with a colon after it.
    let text: [UInt8]

    private init(_ name: StaticString) { text = Array("\"\(name)\":".utf8) }

    // Of an event: Spec/json.md §2.
    static let id = JSONKey("id")
    static let offset = JSONKey("offset")
    static let type = JSONKey("type")
    static let payload = JSONKey("payload")

    // Tags, and the fields of their objects: Spec/json.md §4.
    static let atomTag = JSONKey("$atom")
    static let binaryTag = JSONKey("$binary")
    static let bitsTag = JSONKey("$bits")
    static let closureTag = JSONKey("$closure")
    static let functionTag = JSONKey("$fun")
    static let integerTag = JSONKey("$integer")
    static let mapTag = JSONKey("$map")
    static let pidTag = JSONKey("$pid")
    static let portTag = JSONKey("$port")
    static let recordTag = JSONKey("$record")
    static let referenceTag = JSONKey("$ref")
    static let tailTag = JSONKey("$tail")
    static let tupleTag = JSONKey("$tuple")
}
