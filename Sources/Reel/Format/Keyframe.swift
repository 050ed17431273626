import ExternalTerm

/// A state in the middle of a recording: what the events before an index add up to. Implements Spec/recording.md §6.4.
struct Keyframe {
    static let tag: Atom = "keyframe"

    /// The index of the event that follows.
    var event: Int
    /// What the events before it add up to.
    var state: StateFold
    /// The page that they make, encoded: Spec/pages.md §10.
    var page: [UInt8]?

    /// The keyframe's frame, without its length.
    func encoded() throws(TermError) -> [UInt8] {
        var writer = TermWriter()
        writer.writeVersion()
        writer.writeTupleHead(count: 3)
        writer.write(atom: Keyframe.tag)
        writer.write(integer: event)
        try state.write(to: &writer, page: page)
        return writer.bytes
    }
}
