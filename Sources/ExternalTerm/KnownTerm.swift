/// Goes past terms that have been read once: what is known to be valid is not checked again, and no stack is needed.
package enum KnownTerm {
    /// Where the term at `offset` ends.
    ///
    /// - Throws: ``TermError`` when the bytes there are no term after all; nesting and duplicate keys are not looked at.
    package static func end(of bytes: Span<UInt8>, at offset: Int) throws(TermError) -> Int {
        if let end = CommonTerm.end(of: bytes, at: offset, room: .max) { return end }
        var reader = TokenReader(bytes, at: offset)
        var pending = 1
        while pending > 0 {
            if reader.skipCommonLeaf() {
                pending -= 1
            } else {
                pending += try reader.next().followingTermCount - 1
            }
        }
        return reader.offset
    }

    /// The token at `offset`, and where what follows it starts.
    package static func token(
        of bytes: Span<UInt8>, at offset: Int
    ) throws(TermError) -> (token: TermToken, end: Int) {
        var reader = TokenReader(bytes, at: offset)
        return (try reader.next(), reader.offset)
    }
}
