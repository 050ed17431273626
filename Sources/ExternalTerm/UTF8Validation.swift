/// Whether bytes are UTF-8, and how many scalars they hold.
enum UTF8Validation {
    /// The number of scalars in a range of `bytes`, or nil when it is not UTF-8.
    static func scalarCount(in bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard let text = try? UTF8Span(validating: bytes.extracting(range)) else { return nil }
        var iterator = text.makeUnicodeScalarIterator()
        var count = 0
        while iterator.next() != nil { count += 1 }
        return count
    }
}
