/// Compares two canonical terms where they stand, as ``TermOrder`` compares trees.
///
/// It goes through both at once, without recursion, and reads each byte once at the most: it ends at the first
/// difference, unless that is between the values of a map, whose other keys count more.
struct EncodedOrder: ~Escapable {
    private typealias Result = TermOrder.Result

    private var left: TokenReader
    private var right: TokenReader
    /// The containers that are open on both sides.
    private var open: [Container] = []
    /// How many of them are maps of which a value is being compared.
    private var openValueCount = 0

    private struct Container {
        var kind: Kind
        /// How many terms are to come on the left and on the right; of a list, its tail as well.
        var leftCount: Int
        var rightCount: Int
        /// What the first values of a map that differ say. It counts when all keys are equal.
        var valueResult = Result.equal
        var isInValue = false

        /// What the containers are; `rest` is what is left of two terms that differ.
        enum Kind { case sequence, list, map, rest }
    }

    /// How the canonical term at `left` compares with the one at `right`.
    static func compare(_ bytes: Span<UInt8>, _ left: Int, _ right: Int) -> TermOrder.Result {
        var order = EncodedOrder(bytes, left, right)
        return (try? order.compare()) ?? .equal
    }

    @_lifetime(copy bytes)
    private init(_ bytes: Span<UInt8>, _ left: Int, _ right: Int) {
        self.left = TokenReader(bytes, at: left)
        self.right = TokenReader(bytes, at: right)
    }

    private mutating func compare() throws(TermError) -> Result {
        var result = try compareHeads()
        while true {
            if result != .equal {
                guard openValueCount > 0 else { return result }
                try decide(result)
            }
            guard let top = open.indices.last else { return .equal }
            result = try compareNext(in: top)
        }
    }

    /// Notes that terms differ: the containers around them do as well, up to a map that has them in its values.
    private mutating func decide(_ result: Result) throws(TermError) {
        while let top = open.last {
            if top.isInValue {
                open[open.count - 1].isInValue = false
                open[open.count - 1].valueResult = result
                openValueCount -= 1
                return
            }
            try left.skip(top.leftCount)
            try right.skip(top.rightCount)
            open.removeLast()
        }
    }

    /// Compares the next terms of the containers on top, or ends them.
    private mutating func compareNext(in top: Int) throws(TermError) -> Result {
        if open[top].isInValue {
            open[top].isInValue = false
            openValueCount -= 1
        }
        let container = open[top]
        if container.leftCount == 0, container.rightCount == 0 {
            open.removeLast()
            return container.valueResult
        }
        if container.kind == .list, (container.leftCount == 1) != (container.rightCount == 1) {
            // One list ends here, and the other goes on.
            return container.leftCount == 1
                ? Result(try left.peek().rank, TermToken.nonEmptyListRank)
                : Result(TermToken.nonEmptyListRank, try right.peek().rank)
        }
        open[top].leftCount -= 1
        open[top].rightCount -= 1
        if container.kind == .map, !container.leftCount.isMultiple(of: 2) {
            guard container.valueResult == .equal else {
                try left.skip(1)
                try right.skip(1)
                return .equal
            }
            open[top].isInValue = true
            openValueCount += 1
        }
        return try compareHeads()
    }

    /// Compares two terms as far as their first tokens go, and opens them when they are containers that may be equal.
    private mutating func compareHeads() throws(TermError) -> Result {
        let (leftStart, rightStart) = (left.offset, right.offset)
        let (leftToken, rightToken) = (try left.next(), try right.next())
        switch (leftToken, rightToken) {
        case (.integer(let left), .integer(let right)): return Result(left, right)
        case (.float(let left), .float(let right)): return Result(left, right)
        case (.atom(let mine), .atom(let theirs)) where !mine.isLatin1 && !theirs.isLatin1:
            return left.bytes.compare(mine.range, theirs.range)
        case (.binary(let mine), .binary(let theirs)): return left.bytes.compare(mine, theirs)
        // The shorter one ends in the empty list, which is less than what the other goes on with.
        case (.string(let mine), .string(let theirs)): return left.bytes.compare(mine, theirs)
        case (.string(let string), .list(let count)): return try compare(string, withListOf: count, onLeft: false)
        case (.list(let count), .string(let string)): return try compare(string, withListOf: count, onLeft: true)
        default: break
        }
        var result = Result(leftToken.rank, rightToken.rank)
        if case (.record, .record) = (leftToken, rightToken) {
            // Their fields may stand in any order, so that they are no sequences that go side by side.
            result = TermOrder.compare(
                try Term.decode(left.bytes, at: leftStart).term, try Term.decode(right.bytes, at: rightStart).term)
            try left.skip(leftToken.followingTermCount)
            try right.skip(rightToken.followingTermCount)
            return result
        }
        if result == .equal { result = try compareShapes(leftToken, rightToken, at: leftStart, rightStart) }
        let (leftCount, rightCount) = (leftToken.followingTermCount, rightToken.followingTermCount)
        if leftCount + rightCount > 0 {
            let kind: Container.Kind =
                switch leftToken {
                case _ where result != .equal: .rest
                case .list: .list
                case .map: .map
                default: .sequence
                }
            open.append(Container(kind: kind, leftCount: leftCount, rightCount: rightCount))
        }
        return result
    }

    /// Compares tokens of the same rank, of containers no more than the head.
    private func compareShapes(
        _ leftToken: TermToken, _ rightToken: TermToken, at leftStart: Int, _ rightStart: Int
    ) throws(TermError) -> Result {
        let bytes = left.bytes
        switch (leftToken, rightToken) {
        case (.nil, .nil), (.list, .list): return .equal
        case (.tuple(let left), .tuple(let right)), (.map(let left), .map(let right)): return Result(left, right)
        case (.localFunction(let left), .localFunction(let right)):
            return bytes.compare(left.module.range, right.module.range).orElse(Result(left.index, right.index))
                .orElse(Result(left.oldUniq, right.oldUniq))
                .orElse(Result(left.freeVariableCount, right.freeVariableCount))
        default:
            // What is left has no terms inside.
            return TermOrder.compare(
                try Term.decode(bytes, at: leftStart).term, try Term.decode(bytes, at: rightStart).term)
        }
    }

    /// Compares a string with a list on the side that is named: one with an element that is no byte, or another end.
    private mutating func compare(
        _ string: Range<Int>, withListOf count: Int, onLeft listIsLeft: Bool
    ) throws(TermError) -> Result {
        var list = listIsLeft ? left : right
        var remaining = count + 1
        var result = Result.equal
        for position in string.prefix(count) where result == .equal {
            remaining -= 1
            switch try list.next() {
            case .integer(let value): result = Result(Int(list.bytes[position]), value)
            case .bigInteger(let isNegative, _): result = isNegative ? .greater : .less
            case let token:
                remaining += token.followingTermCount
                result = .less
            }
        }
        if result == .equal {
            let stringRank = string.count > count ? TermToken.nonEmptyListRank : TermToken.nil.rank
            let listRank = string.count < count ? TermToken.nonEmptyListRank : try list.peek().rank
            result = Result(stringRank, listRank)
        }
        if listIsLeft { left = list } else { right = list }
        open.append(
            Container(kind: .rest, leftCount: listIsLeft ? remaining : 0, rightCount: listIsLeft ? 0 : remaining))
        return listIsLeft ? result.reversed : result
    }
}

extension TermOrder.Result {
    fileprivate var reversed: TermOrder.Result {
        switch self {
        case .less: .greater
        case .equal: .equal
        case .greater: .less
        }
    }
}

extension TermToken {
    /// Where terms that start with the token stand among others: what ``TermOrder/rank(of:)`` says of them.
    fileprivate var rank: Int {
        switch self {
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
        case .nil: 11
        case .string, .list: TermToken.nonEmptyListRank
        case .binary, .bitstring: 13
        }
    }

    fileprivate static let nonEmptyListRank = 12
}

extension TokenReader {
    /// The next token, which stays the next one.
    fileprivate func peek() throws(TermError) -> TermToken {
        var copy = self
        return try copy.next()
    }

    /// Goes past `count` terms.
    fileprivate mutating func skip(_ count: Int) throws(TermError) {
        var owed = count
        while owed > 0 {
            if !skipCommonLeaf() { owed += try next().followingTermCount }
            owed -= 1
        }
    }
}

extension Span<UInt8> {
    /// Compares the bytes of two ranges as unsigned numbers; where one ends, it is less.
    func compare(_ left: Range<Int>, _ right: Range<Int>) -> TermOrder.Result {
        let common = Swift.min(left.count, right.count)
        for step in 0..<common {
            let (mine, theirs) = (self[left.lowerBound + step], self[right.lowerBound + step])
            if mine != theirs { return mine < theirs ? .less : .greater }
        }
        return TermOrder.Result(left.count, right.count)
    }
}
