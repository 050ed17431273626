import ExternalTerm
import Reel

/// A session of any length, the same each time: somebody orders goods, and sees the last few orders.
///
/// Its state stays as large as it is after a few events, so what is measured against its length is the length alone.
package struct SyntheticSession {
    /// The payloads of a stretch of events, made once; the session repeats them, further apart than zlib looks back.
    private let payloads: [(kind: Atom, payload: Term)]

    package static let header = Header(fields: [
        "id": "synthetic", "view": .atom("Elixir.Shop.OrderLive"), "connected_at": 0,
    ])

    package init() {
        var random = SplitMix(state: 1)
        var orders: [Term] = []
        payloads = (0..<8_192).map { index in
            guard index % 2 == 1 else {
                let params: TermMap = [
                    "item": .string(random.word), "quantity": .integer(Int(random.next() % 40)),
                    "price": .float(Double(random.next() % 10_000) / 100),
                ]
                return ("event", .map(["name": "order", "params": .map(params)]))
            }
            orders.insert(.tuple([.integer(index), .string(random.word)]), at: 0)
            orders.removeLast(max(orders.count - 4, 0))
            return ("render", .map(["assigns": .map(["orders": .list(orders), "count": .integer(index)])]))
        }
    }

    /// Appends `count` events, 20 milliseconds apart.
    package func write(_ count: Int, to writer: RecordingWriter) throws {
        var position = 0
        for index in 0..<count {
            try writer.append(offset: 20 * index, kind: payloads[position].kind, payload: payloads[position].payload)
            position = position + 1 == payloads.count ? 0 : position + 1
        }
    }
}

/// Numbers that look random and are the same each time.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    var word: String {
        mutating get { String(next() % 1_000_000, radix: 36) }
    }
}
