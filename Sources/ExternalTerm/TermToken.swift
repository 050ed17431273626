/// One step of a term, as ``TermParser`` reads it. Ranges are byte offsets into what the parser was given.
///
/// A container's token says how many terms follow it; those of a tuple, of a record, of a map (key, value, key, value, ...) and of a
/// function follow directly, those of a list are followed by one more term, its tail. Implements Spec/terms.md §3.
public enum TermToken: Hashable, Sendable {
    /// An integer of 64 bits.
    case integer(Int)
    /// An integer beyond 64 bits; the range holds its magnitude, least significant byte first.
    case bigInteger(isNegative: Bool, magnitude: Range<Int>)
    /// A finite floating-point number.
    case float(Double)
    /// An atom.
    case atom(AtomText)
    /// A binary.
    case binary(Range<Int>)
    /// A bitstring; the bits of the last byte that do not count may be anything.
    case bitstring(Range<Int>, bitsInLastByte: Int)
    /// A proper list of integers from 0 to 255, one in each byte of the range.
    case string(Range<Int>)
    /// The empty list.
    case `nil`
    /// A list: as many terms as `count`, then its tail.
    case list(count: Int)
    /// A tuple: as many terms as `count`.
    case tuple(count: Int)
    /// A native record: as many terms as its `fieldCount`.
    case record(RecordText)
    /// A map: twice as many terms as `count`, a key and its value in turn.
    case map(count: Int)
    /// A process.
    case pid(PidText)
    /// A port.
    case port(node: AtomText, number: UInt64, creation: UInt32)
    /// A reference; the range holds its big-endian 32-bit words.
    case reference(node: AtomText, creation: UInt32, words: Range<Int>)
    /// A function of a module's interface.
    case externalFunction(module: AtomText, function: AtomText, arity: UInt32)
    /// A function written inside another one: as many terms as its `freeVariableCount`.
    case localFunction(LocalFunctionText)

    /// Where an atom's name stands.
    public struct AtomText: Hashable, Sendable {
        /// The bytes of the name.
        public var range: Range<Int>
        /// Whether the bytes are ISO 8859-1 with some byte above 127; otherwise they are UTF-8.
        public var isLatin1: Bool
    }

    /// A process.
    public struct PidText: Hashable, Sendable {
        /// The node's name.
        public var node: AtomText
        /// The process's number on its node.
        public var number: UInt32
        /// How often the numbers had wrapped.
        public var serial: UInt32
        /// The node's incarnation.
        public var creation: UInt32
    }

    /// The head of a function written inside another one.
    public struct LocalFunctionText: Hashable, Sendable {
        /// How many arguments it takes.
        public var arity: UInt8
        /// The 16 bytes that identify the module's version.
        public var uniq: Range<Int>
        /// Which of the module's inner functions this is.
        public var index: UInt32
        /// The module's name.
        public var module: AtomText
        /// The index that older releases used.
        public var oldIndex: Int32
        /// The identification that older releases used.
        public var oldUniq: Int32
        /// The process that made the function.
        public var creator: PidText
        /// How many terms follow.
        public var freeVariableCount: Int
    }

    /// The head of a native record.
    public struct RecordText: Hashable, Sendable {
        /// The module's name.
        public var module: AtomText
        /// The record's name.
        public var name: AtomText
        /// Whether other modules may look into it.
        public var isExported: Bool
        /// Where the fields' names stand, each of them an atom with its tag.
        public var fieldNames: Range<Int>
        /// How many fields there are.
        public var fieldCount: Int
    }

    /// How many terms follow this one as its content.
    var followingTermCount: Int {
        switch self {
        case .list(let count): count + 1
        case .tuple(let count): count
        case .record(let record): record.fieldCount
        case .map(let count): 2 * count
        case .localFunction(let function): function.freeVariableCount
        default: 0
        }
    }
}
