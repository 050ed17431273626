/// A process of some node: data to carry and show, never to reach.
public struct Pid: Hashable, Sendable {
    /// The node's name.
    public var node: Atom
    /// The process's number on its node.
    public var number: UInt32
    /// How often the numbers had wrapped when the process started.
    public var serial: UInt32
    /// Which incarnation of the node the process belongs to.
    public var creation: UInt32

    /// Creates a pid.
    public init(node: Atom, number: UInt32, serial: UInt32, creation: UInt32) {
        self.node = node
        self.number = number
        self.serial = serial
        self.creation = creation
    }
}

/// A port of some node: data to carry and show, never to reach.
public struct Port: Hashable, Sendable {
    /// The node's name.
    public var node: Atom
    /// The port's number on its node.
    public var number: UInt64
    /// Which incarnation of the node the port belongs to.
    public var creation: UInt32

    /// Creates a port.
    public init(node: Atom, number: UInt64, creation: UInt32) {
        self.node = node
        self.number = number
        self.creation = creation
    }
}

/// A reference that some node made, unique to it.
public struct Reference: Hashable, Sendable {
    /// The node's name.
    public var node: Atom
    /// Which incarnation of the node made the reference.
    public var creation: UInt32
    /// One to five words, the least significant first.
    public var words: [UInt32]

    /// Creates a reference.
    public init(node: Atom, creation: UInt32, words: [UInt32]) {
        self.node = node
        self.creation = creation
        self.words = words
    }
}

/// A function of a module's interface, `fun Module:Function/Arity`: carried and shown, never called.
public struct ExternalFunction: Hashable, Sendable {
    /// The module's name.
    public var module: Atom
    /// The function's name.
    public var function: Atom
    /// How many arguments it takes. A function that exists takes 255 at the most, but one may name any number.
    public var arity: UInt32

    /// Creates a function.
    public init(module: Atom, function: Atom, arity: UInt32) {
        self.module = module
        self.function = function
        self.arity = arity
    }
}

/// A function that was written inside another one, with what it closed over: carried and shown, never called.
public struct LocalFunction: Hashable, Sendable {
    /// The module that the function was written in.
    public var module: Atom
    /// How many arguments it takes.
    public var arity: UInt8
    /// Which of its module's inner functions this is.
    public var index: UInt32
    /// 16 bytes that identify the module's version.
    public var uniq: [UInt8]
    /// The index that older releases used.
    public var oldIndex: Int32
    /// The identification of the module's version that older releases used.
    public var oldUniq: Int32
    /// The process that made the function.
    public var creator: Pid
    /// The values that the function closed over.
    public var freeVariables: [Term]

    /// Creates a function.
    public init(
        module: Atom, arity: UInt8, index: UInt32, uniq: [UInt8], oldIndex: Int32, oldUniq: Int32, creator: Pid,
        freeVariables: [Term]
    ) {
        self.module = module
        self.arity = arity
        self.index = index
        self.uniq = uniq
        self.oldIndex = oldIndex
        self.oldUniq = oldUniq
        self.creator = creator
        self.freeVariables = freeVariables
    }
}

/// A sequence of bits whose count is not a multiple of eight.
public struct Bitstring: Hashable, Sendable {
    /// The bits, the most significant first; the unused bits of the last byte are zero.
    public let bytes: [UInt8]
    /// How many bits of the last byte count, 1 to 7.
    public let bitsInLastByte: Int

    /// Creates a bitstring, clearing the bits that do not count.
    ///
    /// Returns nil when `bytes` is empty or `bitsInLastByte` is not 1 to 7: whole bytes are ``Term/binary(_:)``.
    public init?(bytes: [UInt8], bitsInLastByte: Int) {
        guard let last = bytes.last, 1...7 ~= bitsInLastByte else { return nil }
        var bytes = bytes
        bytes[bytes.count - 1] = last & ~(0xFF >> UInt8(bitsInLastByte))
        self.bytes = bytes
        self.bitsInLastByte = bitsInLastByte
    }

    /// How many bits there are.
    public var bitCount: Int { (bytes.count - 1) * 8 + bitsInLastByte }
}
