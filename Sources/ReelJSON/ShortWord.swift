import Zlib

/// Short names as ``Swift/Span/shortWord(_:)`` reads them.
enum ShortWord {
    /// `nil`
    static let `nil`: UInt64 = 0x6C_696E
    /// `true`
    static let `true`: UInt64 = 0x6575_7274
    /// `false`
    static let `false`: UInt64 = 0x65_736C_6166
    /// `__struct`, which `__` follows.
    static let `struct`: UInt64 = 0x7463_7572_7473_5F5F
    /// `__`
    static let underscores: UInt64 = 0x5F5F
    /// `Elixir.`
    static let elixir: UInt64 = 0x2E_7269_7869_6C45
}

extension Span<UInt8> {
    /// Whether `name` is that of the key that names a struct's module.
    @inline(__always)
    func isStructKey(_ name: Range<Int>) -> Bool {
        guard name.count == 10 else { return false }
        let middle = name.lowerBound + 8
        return shortWord(name.lowerBound..<middle) == ShortWord.struct
            && shortWord(middle..<name.upperBound) == ShortWord.underscores
    }
}
