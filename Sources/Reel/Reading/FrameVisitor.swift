/// Something that reads frames of events by itself, checking and using them in one pass.
package protocol FrameVisitor: AnyObject {
    /// Takes a frame's term, with its leading 131, of which nothing has been checked.
    ///
    /// - Parameter depth: how many containers may enclose a term.
    /// - Returns: what its events amount to when it has been through all of it and it is sound, or nil when there is
    ///   anything that it does not know: then the frame is read as any other.
    func visit(_ frame: Span<UInt8>, depth: Int) -> VisitedEvents?
}

/// What the events of a frame amount to.
package struct VisitedEvents: Sendable {
    package var count = 0
    package var firstOffset = Int.max
    package var lastOffset = 0

    package init() {}

    /// Counts an event.
    package mutating func note(offset: Int) {
        count += 1
        firstOffset = min(firstOffset, offset)
        lastOffset = max(lastOffset, offset)
    }
}
