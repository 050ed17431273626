/// The key of a list's element in a coding path.
struct PositionKey: CodingKey {
    let intValue: Int?

    init(_ position: Int) { intValue = position }
    init(intValue: Int) { self.init(intValue) }
    init?(stringValue: String) { return nil }

    var stringValue: String { "Index \(intValue ?? 0)" }
}

/// A key that `Codable` itself names.
struct NameKey: CodingKey {
    let stringValue: String

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }

    var intValue: Int? { nil }

    /// Where a class has what its superclass encodes.
    static let `super` = NameKey(stringValue: "super")
}
