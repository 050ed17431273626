/// Reads the cells of a row in PostgreSQL's binary form, one after the other.
struct PostgresCells {
    private var cells: ArraySlice<[UInt8]?>

    init(_ row: [[UInt8]?]) { cells = row[...] }

    /// The next cell, or nil when it is NULL.
    mutating func bytes() -> [UInt8]? { cells.popFirst() ?? nil }

    /// The next cell, an integer of 2, 4 or 8 bytes, or nil when it is NULL.
    mutating func integer() -> Int? {
        guard let bytes = bytes(), [2, 4, 8].contains(bytes.count) else { return nil }
        let number = bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        switch bytes.count {
        case 2: return Int(Int16(truncatingIfNeeded: number))
        case 4: return Int(Int32(truncatingIfNeeded: number))
        default: return Int(Int64(truncatingIfNeeded: number))
        }
    }

    /// The next cell, a boolean.
    mutating func boolean() -> Bool { bytes() == [1] }

    /// The next cell, text, or nil when it is NULL.
    mutating func text() -> String? { bytes().map { String(decoding: $0, as: UTF8.self) } }
}
