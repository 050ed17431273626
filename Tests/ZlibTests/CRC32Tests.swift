import Testing
import Zlib

@Suite("CRC-32")
struct CRC32Tests {
    @Test(
        "Known checksums",
        arguments: [
            ("", 0), ("123456789", 0xCBF4_3926), ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
        ] as [(String, UInt32)])
    func known(text: String, expected: UInt32) {
        var checksum = CRC32()
        checksum.update(text.utf8)
        #expect(checksum.value == expected)
    }

    @Test("Pieces come to the same, empty ones too")
    func pieces() {
        let bytes = Array("123456789".utf8)
        for split in 0...bytes.count {
            var checksum = CRC32()
            checksum.update(bytes[..<split])
            checksum.update([])
            checksum.update(bytes[split...])
            #expect(checksum.value == 0xCBF4_3926)
        }
    }
}
