import ExternalTerm

extension RecordingFile {
    /// The page after the event with this index, as far as the recording holds pages. Implements Spec/pages.md.
    ///
    /// - Throws: ``ReelError``, of the kind `noSuchEvent` when there is no such event.
    /// - Complexity: reads the members from the last one before the event that starts with a keyframe that holds a page.
    public func page(after index: Int) throws(ReelError) -> Page {
        var page = Page()
        var reached = -1
        try forEachStep(from: try pagePosition(before: index)) { (step) throws(ReelError) in
            do {
                switch step {
                case .keyframe(let keyframe):
                    guard keyframe.event <= index else { return false }
                    if let kept = try keyframe.pageValue() { page = kept }
                case .event(let event):
                    guard event.index <= index else { return false }
                    if Page.isChanged(by: event.kind) { page.apply(kind: event.kind, payload: try event.payload) }
                    reached = event.index
                }
            } catch {
                throw ReelError(wrapping: error)
            }
            return reached < index
        }
        guard reached == index, index >= 0 else { throw ReelError.noSuchEvent(index, of: try eventCount) }
        return page
    }

    /// The data member from which the page at an event is to be put together.
    private func pagePosition(before event: Int) throws(ReelError) -> Int? {
        guard var position = keyframePosition(before: event) else { return nil }
        while position > 0 {
            do {
                if try content(at: position).keyframes.first?.pageValue() != nil { break }
            } catch {
                throw ReelError(wrapping: error)
            }
            position = (0..<position).reversed().first { entries[$0].startsWithKeyframe } ?? 0
        }
        return position
    }
}

extension Keyframe {
    /// The page that it holds, or nil when it holds none.
    fileprivate func pageValue() throws(TermError) -> Page? {
        try page.flatMap { encoded throws(TermError) in Page(try EncodedTerm.term(encoded.span, at: 0)) }
    }
}
