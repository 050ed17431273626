import HTTPTypes

/// The parameters of an address's query, or of a form that was sent: percent-encoded pairs.
struct FormParameters: Sendable {
    /// The pairs, in their order.
    private(set) var pairs: [(name: String, value: String)] = []

    /// No parameters.
    init() {}

    /// Reads pairs. What is no UTF-8 shows replacement characters.
    init(_ text: some StringProtocol) {
        for pair in text.split(separator: "&").prefix(FormParameters.most) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first else { continue }
            pairs.append((FormParameters.decoded(name), FormParameters.decoded(parts.count > 1 ? parts[1] : "")))
        }
    }

    /// The most pairs that count.
    private static let most = 100

    /// The first value of a name, unless it is empty.
    subscript(name: String) -> String? {
        get { pairs.first { $0.name == name && !$0.value.isEmpty }?.value }
        set {
            pairs.removeAll { $0.name == name }
            if let newValue { pairs.append((name, newValue)) }
        }
    }

    /// Adds a pair.
    mutating func append(_ name: String, _ value: String) { pairs.append((name, value)) }

    /// Takes a value of a name away.
    mutating func remove(_ name: String, _ value: String) { pairs.removeAll { $0 == (name, value) } }

    /// All values of a name that are not empty.
    func all(_ name: String) -> [String] { pairs.filter { $0.name == name && !$0.value.isEmpty }.map(\.value) }

    /// The pairs that say something, as they stand in an address.
    var query: String {
        pairs.filter { !$0.value.isEmpty }.map {
            "\(FormParameters.encoded($0.name))=\(FormParameters.encoded($0.value))"
        }
        .joined(separator: "&")
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                if let high = rest.first?.hexDigit, let low = rest.dropFirst().first?.hexDigit {
                    bytes.append(high << 4 | low)
                    rest.removeFirst(2)
                } else {
                    bytes.append(byte)
                }
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}

extension UInt8 {
    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
