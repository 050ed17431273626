import ExternalTerm

/// Appends events that are given as terms in any form of Spec/terms.md §3.
package struct EncodedEventWriter {
    private var transcoder = CanonicalTranscoder(limits: MemberAssembly.eventLimits)

    package init() {}

    /// Appends the event that `event` is: a tuple without a leading 131.
    ///
    /// - Throws: ``ReelError`` when it is none, nests too deep or is too large, or the sink fails.
    package mutating func append(_ event: [UInt8], to writer: RecordingWriter) throws(ReelError) {
        try writer.append { (term) throws(ReelError) in
            do {
                _ = try transcoder.transcodeTerm(event.span, at: 0, into: &term)
            } catch {
                throw ReelError(wrapping: error)
            }
        }
    }
}
