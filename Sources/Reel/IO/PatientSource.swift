/// Hands out what a source has read before it throws: what comes before damage is there.
struct PatientSource: ByteSource {
    private var source: any ByteSource
    private var failure: (any Error)?

    init(_ source: any ByteSource) { self.source = source }

    mutating func read(upTo count: Int, appendingTo buffer: inout [UInt8]) throws -> Int {
        if let failure { throw failure }
        let start = buffer.count
        do {
            return try source.read(upTo: count, appendingTo: &buffer)
        } catch {
            guard buffer.count > start else { throw error }
            failure = error
            return buffer.count - start
        }
    }
}
