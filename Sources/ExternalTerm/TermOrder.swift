/// The order of terms, as Erlang sorts the keys of a map: exact, so that `1` and `1.0` differ.
///
/// A few terms that differ come out equal, and are one key: `0.0` and `-0.0`, references that differ in no more than zero
/// words at their end, records whose fields stand in different orders, and local functions whose module, index, old uniq and free variables are the same.
///
/// Implements Spec/terms.md §5.
enum TermOrder {
    enum Result {
        case less, equal, greater

        init<Value: Comparable>(_ left: Value, _ right: Value) {
            self = left < right ? .less : left == right ? .equal : .greater
        }

        /// This result, or the one that decides when this one does not.
        func orElse(_ next: @autoclosure () -> Result) -> Result { self == .equal ? next() : self }
    }

    /// Where terms of a kind stand among those of other kinds.
    static func rank(of term: Term) -> Int {
        switch term {
        case .integer, .bigInteger: 0
        case .float: 1
        case .atom: 2
        case .reference: 3
        case .localFunction: 4
        case .externalFunction: 5
        case .port: 6
        case .pid: 7
        case .tuple: 8
        case .record: 9
        case .map: 10
        case .list(let elements): elements.isEmpty ? 11 : 12
        case .improperList: 12
        case .binary, .bitstring: 13
        case .local: 14
        }
    }

    /// A number that is less in the term that comes first, if it is not the same in both: most keys of a map are told apart by it.
    static func prefix(of term: Term) -> UInt64 {
        let content: UInt64 =
            switch term {
            case .integer(let value): UInt64(min(max(value, -1 << 59), 1 << 59 - 1) + 1 << 59)
            case .bigInteger(let value): value.isNegative ? 0 : 1 << 60 - 1
            case .atom(let atom): prefix(of: atom.name.utf8)
            case .binary(let bytes): prefix(of: bytes)
            case .bitstring(let bits): prefix(of: bits.bytes)
            default: 0
            }
        return UInt64(rank(of: term)) << 60 | content
    }

    /// The first seven bytes.
    private static func prefix(of bytes: some Sequence<UInt8>) -> UInt64 {
        var (prefix, shift) = (0 as UInt64, 52)
        for byte in bytes.prefix(7) {
            prefix |= UInt64(byte) << shift
            shift -= 8
        }
        return prefix
    }

    static func compare(_ left: Term, _ right: Term) -> Result {
        switch (left, right) {
        case (.atom(let left), .atom(let right)): Result(left, right)
        case (.binary(let left), .binary(let right)): compare(left, right)
        case (.integer(let left), .integer(let right)): Result(left, right)
        case (.bigInteger(let left), .bigInteger(let right)): Result(left, right)
        case (.integer, .bigInteger(let right)): right.isNegative ? .greater : .less
        case (.bigInteger(let left), .integer): left.isNegative ? .less : .greater
        case (.float(let left), .float(let right)): Result(left, right)
        case (.tuple(let left), .tuple(let right)):
            Result(left.count, right.count).orElse(compareElements(left, right))
        case (.record(let left), .record(let right)): compare(left, right)
        case (.map(let left), .map(let right)): compare(left, right)
        case (.list(let left), .list(let right)): compareLists(left, nil, right, nil)
        case (.list(let left), .improperList(let right, let tail)) where !left.isEmpty:
            compareLists(left, nil, right, tail)
        case (.improperList(let left, let tail), .list(let right)) where !right.isEmpty:
            compareLists(left, tail, right, nil)
        case (.improperList(let left, let leftTail), .improperList(let right, let rightTail)):
            compareLists(left, leftTail, right, rightTail)
        case (.binary(let left), .bitstring(let right)): compareBits(left, left.count * 8, right.bytes, right.bitCount)
        case (.bitstring(let left), .binary(let right)): compareBits(left.bytes, left.bitCount, right, right.count * 8)
        case (.bitstring(let left), .bitstring(let right)):
            compareBits(left.bytes, left.bitCount, right.bytes, right.bitCount)
        case (.pid(let left), .pid(let right)): compare(left, right)
        case (.port(let left), .port(let right)):
            Result(left.node, right.node).orElse(Result(left.creation, right.creation))
                .orElse(Result(left.number, right.number))
        case (.reference(let left), .reference(let right)): compare(left, right)
        case (.externalFunction(let left), .externalFunction(let right)):
            Result(left.module, right.module).orElse(Result(left.function, right.function))
                .orElse(Result(left.arity, right.arity))
        case (.localFunction(let left), .localFunction(let right)): compare(left, right)
        case (.local(let left), .local(let right)): compare(left, right)
        default: Result(rank(of: left), rank(of: right))
        }
    }

    private static func compare(_ left: [UInt8], _ right: [UInt8]) -> Result {
        left == right ? .equal : left.lexicographicallyPrecedes(right) ? .less : .greater
    }

    private static func compareElements(_ left: [Term], _ right: [Term]) -> Result {
        for (left, right) in zip(left, right) {
            let result = compare(left, right)
            if result != .equal { return result }
        }
        return .equal
    }

    /// Compares lists element by element; a proper list, which has no tail here, ends in the empty list.
    private static func compareLists(_ left: [Term], _ leftTail: Term?, _ right: [Term], _ rightTail: Term?) -> Result {
        let result = compareElements(left, right)
        guard result == .equal else { return result }
        // Where one list ends and the other goes on, it is the end and a list that decide. An end is no such list.
        let nonEmptyList = rank(of: .list([.nil]))
        let leftRank = left.count > right.count ? nonEmptyList : rank(of: leftTail ?? .nil)
        let rightRank = right.count > left.count ? nonEmptyList : rank(of: rightTail ?? .nil)
        guard leftRank == rightRank, let leftTail, let rightTail else { return Result(leftRank, rightRank) }
        return compare(leftTail, rightTail)
    }

    /// Maps go by their size, then by their keys, then by their values.
    private static func compare(_ left: TermMap, _ right: TermMap) -> Result {
        Result(left.count, right.count)
            .orElse(compareElements(left.pairs.map(\.key), right.pairs.map(\.key)))
            .orElse(compareElements(left.pairs.map(\.value), right.pairs.map(\.value)))
    }

    /// Records go by their names, by who may look into them, and then as maps of their fields do.
    private static func compare(_ left: NativeRecord, _ right: NativeRecord) -> Result {
        let (leftFields, rightFields) = (left.sortedFields, right.sortedFields)
        var result = Result(left.module, right.module).orElse(Result(left.name, right.name))
            .orElse(Result(left.isExported ? 1 : 0, right.isExported ? 1 : 0))
            .orElse(Result(leftFields.count, rightFields.count))
        for (left, right) in zip(leftFields, rightFields) where result == .equal {
            result = Result(left.name, right.name)
        }
        return result.orElse(compareElements(leftFields.map(\.value), rightFields.map(\.value)))
    }

    private static func compareBits(_ left: [UInt8], _ leftCount: Int, _ right: [UInt8], _ rightCount: Int) -> Result {
        let wholeBytes = min(leftCount, rightCount) / 8
        let bits = UInt8(min(leftCount, rightCount) % 8)
        let head = compare(Array(left.prefix(wholeBytes)), Array(right.prefix(wholeBytes)))
        guard head == .equal, bits > 0 else { return head.orElse(Result(leftCount, rightCount)) }
        return Result(left[wholeBytes] >> (8 - bits), right[wholeBytes] >> (8 - bits))
            .orElse(Result(leftCount, rightCount))
    }

    private static func compare(_ left: Pid, _ right: Pid) -> Result {
        Result(left.serial, right.serial).orElse(Result(left.number, right.number))
            .orElse(Result(left.node, right.node)).orElse(Result(left.creation, right.creation))
    }

    private static func compare(_ left: Reference, _ right: Reference) -> Result {
        Result(left.node, right.node).orElse(Result(left.creation, right.creation))
            .orElse(compareWords(left.words, right.words))
    }

    /// References compare by their last word first, those of fewer words being less. Zeros at the end do not count.
    private static func compareWords(_ left: [UInt32], _ right: [UInt32]) -> Result {
        for index in (0..<max(left.count, right.count)).reversed() {
            let result = Result(index < left.count ? left[index] : 0, index < right.count ? right[index] : 0)
            if result != .equal { return result }
        }
        return .equal
    }

    private static func compare(_ left: LocalFunction, _ right: LocalFunction) -> Result {
        Result(left.module, right.module).orElse(Result(left.index, right.index))
            .orElse(Result(left.oldUniq, right.oldUniq))
            .orElse(Result(left.freeVariables.count, right.freeVariables.count))
            .orElse(compareElements(left.freeVariables, right.freeVariables))
    }
}
