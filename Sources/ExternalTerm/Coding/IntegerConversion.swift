extension Term {
    /// Creates the integer `value`, of any width.
    ///
    /// ```swift
    /// Term(UInt64.max)  // 18446744073709551615, which is beyond `Int`
    /// ```
    public init(_ value: some FixedWidthInteger) {
        if let integer = Int(exactly: value) {
            self = .integer(integer)
        } else {
            let magnitude = value.magnitude
            let bytes = stride(from: 0, to: magnitude.bitWidth, by: 8).map {
                UInt8(truncatingIfNeeded: magnitude >> $0)
            }
            self = .integer(isNegative: value < 0, magnitude: bytes)
        }
    }

    /// The integer as another type, or nil when this is none or does not fit.
    ///
    /// ```swift
    /// term.integer(as: UInt64.self)
    /// ```
    public func integer<Value: FixedWidthInteger>(as type: Value.Type) -> Value? {
        switch self {
        case .integer(let value): Value(exactly: value)
        case .bigInteger(let value): value.integer(as: type)
        default: nil
        }
    }
}

extension BigInteger {
    /// The integer as another type, or nil when it does not fit.
    public func integer<Value: FixedWidthInteger>(as type: Value.Type) -> Value? {
        guard magnitude.count <= Value.bitWidth / 8 else { return nil }
        var absolute: Value.Magnitude = 0
        for (index, byte) in magnitude.enumerated() {
            absolute |= Value.Magnitude(truncatingIfNeeded: byte) << (8 * index)
        }
        guard isNegative else { return Value(exactly: absolute) }
        // The one that has no positive counterpart is its own negative.
        return absolute <= Value.min.magnitude ? 0 &- Value(truncatingIfNeeded: absolute) : nil
    }
}
