/// Where a page of a listing ends: what the next one comes after.
///
/// It names a place in the order and not a number of recordings, so that pages neither skip nor repeat one when others are
/// added or deleted meanwhile, the one it names included. Its text may be kept or put into a link.
public struct RecordingCursor: Hashable, Sendable {
    /// The order that it is a place in.
    public let order: RecordingQuery.Order
    /// The last recording's place in that order.
    package let value: Int
    /// The last recording.
    package let id: RecordingID

    package init(order: RecordingQuery.Order, value: Int, id: RecordingID) {
        self.order = order
        self.value = value
        self.id = id
    }

    /// The place after a recording.
    package init(after recording: StoredRecording, in order: RecordingQuery.Order) {
        self.init(order: order, value: recording.value(of: order.key), id: recording.id)
    }

    /// Whether a recording comes after the place.
    package func precedes(_ value: Int, _ id: RecordingID) -> Bool {
        order.isAscending ? (self.value, self.id) < (value, id) : (value, id) < (self.value, self.id)
    }
}

extension RecordingCursor: LosslessStringConvertible {
    /// Reads a cursor's text.
    public init?(_ description: String) {
        guard description.utf8.count <= 128 else { return nil }
        let parts = description.split(separator: "~", omittingEmptySubsequences: false)
        guard parts.count == 4, let key = RecordingQuery.Order.Key(rawValue: String(parts[0])),
            parts[1] == "up" || parts[1] == "down", let value = Int(parts[2]), String(value) == parts[2],
            let id = RecordingID(validating: parts[3])
        else { return nil }
        self.init(order: RecordingQuery.Order(key, ascending: parts[1] == "up"), value: value, id: id)
    }

    public var description: String { "\(order.key.rawValue)~\(order.isAscending ? "up" : "down")~\(value)~\(id)" }
}
