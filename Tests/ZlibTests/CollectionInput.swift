import Zlib

// Slices and literals, as tests have them, where the library takes spans.

extension Inflater {
    func inflate(
        _ input: some Collection<UInt8>, appendingTo output: inout [UInt8], atMost limit: Int = .max
    ) throws(ZlibError) -> Progress {
        let input = Array(input)
        return try inflate(input.span, appendingTo: &output, atMost: limit)
    }
}

extension Deflater {
    func deflate(
        _ input: some Collection<UInt8>, finishing: Bool, appendingTo output: inout [UInt8]
    ) throws(ZlibError) {
        let input = Array(input)
        try deflate(input.span, finishing: finishing, appendingTo: &output)
    }
}

extension CRC32 {
    mutating func update(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        update(bytes.span)
    }
}
