/// The tags of the terms that most terms consist of: Spec/terms.md §3. What stands after them is known to be valid.
enum CommonTag {
    static let smallInteger: UInt8 = 97
    static let `nil`: UInt8 = 106
    static let binary: UInt8 = 109
    static let smallAtom: UInt8 = 119

    /// Where the name of the atom at `offset` stands, which has a length of one byte and is UTF-8.
    @inline(__always)
    static func smallAtomName(_ bytes: Span<UInt8>, at offset: Int) -> Range<Int> {
        offset + 2..<offset + 2 + Int(bytes[offset + 1])
    }

    /// Where the content of the binary at `offset` stands.
    @inline(__always)
    static func binaryContent(_ bytes: Span<UInt8>, at offset: Int) -> Range<Int> {
        let count =
            Int(bytes[offset + 1]) << 24 | Int(bytes[offset + 2]) << 16 | Int(bytes[offset + 3]) << 8
            | Int(bytes[offset + 4])
        return offset + 5..<offset + 5 + count
    }
}
