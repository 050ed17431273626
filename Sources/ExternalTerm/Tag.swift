/// The tag bytes of the External Term Format, as far as they are assigned.
///
/// With the numbers below this is all that knows the bytes of the format. The names are Erlang's, without the `_EXT` that each of
/// them ends with. Implements Spec/terms.md §3.
package enum Tag {
    @inlinable package static var version: UInt8 { 131 }

    @inlinable package static var record: UInt8 { 67 }
    @inlinable package static var newFloat: UInt8 { 70 }
    @inlinable package static var bitBinary: UInt8 { 77 }
    @inlinable package static var compressed: UInt8 { 80 }
    @inlinable package static var newPid: UInt8 { 88 }
    @inlinable package static var newPort: UInt8 { 89 }
    @inlinable package static var newerReference: UInt8 { 90 }
    @inlinable package static var smallInteger: UInt8 { 97 }
    @inlinable package static var integer: UInt8 { 98 }
    @inlinable package static var float: UInt8 { 99 }
    @inlinable package static var atom: UInt8 { 100 }
    @inlinable package static var reference: UInt8 { 101 }
    @inlinable package static var port: UInt8 { 102 }
    @inlinable package static var pid: UInt8 { 103 }
    @inlinable package static var smallTuple: UInt8 { 104 }
    @inlinable package static var largeTuple: UInt8 { 105 }
    @inlinable package static var `nil`: UInt8 { 106 }
    @inlinable package static var string: UInt8 { 107 }
    @inlinable package static var list: UInt8 { 108 }
    @inlinable package static var binary: UInt8 { 109 }
    @inlinable package static var smallBig: UInt8 { 110 }
    @inlinable package static var largeBig: UInt8 { 111 }
    @inlinable package static var newFun: UInt8 { 112 }
    @inlinable package static var export: UInt8 { 113 }
    @inlinable package static var newReference: UInt8 { 114 }
    @inlinable package static var smallAtom: UInt8 { 115 }
    @inlinable package static var map: UInt8 { 116 }
    @inlinable package static var fun: UInt8 { 117 }
    @inlinable package static var atomUTF8: UInt8 { 118 }
    @inlinable package static var smallAtomUTF8: UInt8 { 119 }
    @inlinable package static var v4Port: UInt8 { 120 }
    @inlinable package static var local: UInt8 { 121 }

    /// Tags that only the distribution protocol gives a meaning to, with their names.
    static func distributionName(of tag: UInt8) -> String? {
        switch tag {
        case 68: "the distribution header (68)"
        case 69: "the distribution fragment header (69)"
        case 82: "ATOM_CACHE_REF (82)"
        default: nil
        }
    }
}

// MARK: - Numbers

extension Span<UInt8> {
    /// The big-endian number in the two bytes at `offset`.
    @inlinable
    @inline(__always)
    package func uint16(at offset: Int) -> Int {
        let bytes = extracting(offset..<offset + 2)
        return Int(bytes[0]) << 8 | Int(bytes[1])
    }

    /// The big-endian number in the four bytes at `offset`.
    @inlinable
    @inline(__always)
    package func uint32(at offset: Int) -> Int {
        let bytes = extracting(offset..<offset + 4)
        return Int(bytes[0]) << 24 | Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3])
    }

    /// The big-endian number in the bytes of `range`, which are no more than eight.
    @inlinable
    @inline(__always)
    package func number(in range: Range<Int>) -> UInt64 {
        var number: UInt64 = 0
        for position in range { number = number << 8 | UInt64(self[position]) }
        return number
    }

    /// Where the name stands of the atom at `offset`, whose length takes one byte.
    @inlinable
    @inline(__always)
    package func smallAtomName(at offset: Int) -> Range<Int> { offset + 2..<offset + 2 + Int(self[offset + 1]) }

    /// Where the content stands of the binary at `offset`.
    @inlinable
    @inline(__always)
    package func binaryContent(at offset: Int) -> Range<Int> { offset + 5..<offset + 5 + uint32(at: offset + 1) }
}
