/// The tags of the terms that most terms consist of: Spec/terms.md §3. What stands after them is known to be valid.
enum CommonTag {
    static let smallInteger: UInt8 = 97
    static let `nil`: UInt8 = 106
    static let version: UInt8 = 131
    static let integer: UInt8 = 98
    static let smallTuple: UInt8 = 104
    static let string: UInt8 = 107
    static let list: UInt8 = 108
    static let binary: UInt8 = 109
    static let smallBig: UInt8 = 110
    static let map: UInt8 = 116
    static let smallAtom: UInt8 = 119

    /// Where the name of the atom at `offset` stands, which has a length of one byte and is UTF-8.
    @inline(__always)
    static func smallAtomName(_ bytes: Span<UInt8>, at offset: Int) -> Range<Int> {
        offset + 2..<offset + 2 + Int(bytes[offset + 1])
    }

    /// Where the content of the binary at `offset` stands.
    @inline(__always)
    static func binaryContent(_ bytes: Span<UInt8>, at offset: Int) -> Range<Int> {
        offset + 5..<offset + 5 + uint32(bytes, at: offset + 1)
    }

    @inline(__always)
    static func uint32(_ bytes: Span<UInt8>, at offset: Int) -> Int {
        Int(bytes[offset]) << 24 | Int(bytes[offset + 1]) << 16 | Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
    }
}
