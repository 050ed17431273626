import ArgumentParser

/// How people write sizes: `500`, `500k`, `10M`, `2G`; powers of 1,000.
struct ByteSize {
    let byteCount: Int

    init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let scales = ["": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000]
        guard let number = Int(digits), let scale = scales[String(text.dropFirst(digits.count))] else { return nil }
        let (byteCount, overflow) = number.multipliedReportingOverflow(by: scale)
        guard !overflow else { return nil }
        self.byteCount = byteCount
    }

    static func parse(_ argument: String) throws -> ByteSize {
        guard let size = ByteSize(argument) else {
            throw ValidationError("'\(argument)' is no size: write 500k, 10M or 2G.")
        }
        return size
    }
}
