import ExternalTerm
import Reel
import ReelJSON

/// Makes text, or bytes, of terms, and gathers it.
protocol TermWriting: AnyObject {
    /// Writes what becomes of a term, with its leading 131, and sends some of it when there is much.
    ///
    /// - Throws: `TermError` when it is no valid term, and what `send` throws.
    func append(_ term: Span<UInt8>, sending send: ([UInt8]) throws -> Void) throws
    /// How much has been gathered.
    var byteCount: Int { get }
    /// Takes it away.
    func take() -> [UInt8]
}

/// Terms as JSON.
final class JSONLines: TermWriting {
    private var json: JSONTermWriter

    init(_ mapping: JSONMapping, style: JSONStyle) { json = JSONTermWriter(mapping: mapping, style: style) }

    func append(_ term: Span<UInt8>, sending send: ([UInt8]) throws -> Void) throws {
        try json.append(term, sending: send)
    }

    var byteCount: Int { json.textByteCount }
    func take() -> [UInt8] { json.takeText() }
}

/// Terms in the notation of a language.
final class NotationLines: TermWriting {
    private let notation: TermNotation
    private var text: [UInt8] = []

    init(_ notation: TermNotation) { self.notation = notation }

    func append(_ term: Span<UInt8>, sending send: ([UInt8]) throws -> Void) throws {
        let tree = try Term(external: term, limits: TermLimits.default.scaled(to: term.count))
        text += notation.text(of: tree).escaped.utf8
        text.append(UInt8(ascii: "\n"))
    }

    var byteCount: Int { text.count }

    func take() -> [UInt8] {
        defer { text.removeAll(keepingCapacity: true) }
        return text
    }
}

/// Reads the terms of an input, and writes what becomes of each as soon as it has come.
struct TermLines {
    private var terms: TermSource
    private let writer: any TermWriting
    private let target: TextTarget
    /// Whether there has to be one term.
    private let isAlone: Bool

    private static let pieceByteCount = 64 << 10

    /// Starts to read the terms of `input`, which stand like this.
    init(
        _ input: Input, _ framing: TermFraming, isAlone: Bool = false, through writer: any TermWriting,
        to target: TextTarget
    ) {
        self.writer = writer
        self.target = target
        self.isAlone = isAlone
        let source = WaitingSource(input, follows: false) {
            if writer.byteCount > 0 {
                var sink = target.sink
                try sink.write(writer.take())
            }
            try target.flush()
        }
        terms = TermSource(source, framing)
    }

    /// Writes all terms, those before an error as well.
    mutating func write() throws {
        do {
            while let term = try next() {
                do {
                    var sink = target.sink
                    try writer.append(terms.frames.bytes.span.extracting(term)) { try sink.write($0) }
                } catch let error as TermError {
                    throw TermLines.failure(
                        error, at: terms.frames.offset + error.offset, term: terms.frames.count - 1)
                }
                if writer.byteCount >= TermLines.pieceByteCount { try flush() }
            }
        } catch {
            try flush()
            try target.commitUnlessEmpty()
            throw error
        }
        try flush()
        try target.commit()
    }

    private func flush() throws {
        guard writer.byteCount > 0 else { return }
        var sink = target.sink
        try sink.write(writer.take())
    }

    private mutating func next() throws -> Range<Int>? {
        do {
            guard let term = try terms.next() else {
                guard terms.frames.count > 0 || terms.frames.framing != .terms else {
                    throw TermError(.truncated, at: 0, "no bytes at all")
                }
                return nil
            }
            guard !isAlone || terms.frames.count == 1 else {
                throw TermError(.trailingBytes, at: terms.frames.offset, "another term after the first")
            }
            return term
        } catch let error as TermError {
            throw TermLines.failure(error, at: error.offset, term: terms.frames.count)
        } catch let error as ReelError where error.kind != .inputOutput {
            // What the terms are compressed with is damaged.
            throw Failure(
                .inputFellShort, error.reason,
                place: ([error.kind.rawValue] + (error.offset.map { ["byte \($0)"] } ?? [])).joined(separator: ", "))
        }
    }

    /// What is wrong at a byte of the terms. The first term is term 0, and most inputs have no other.
    static func failure(_ error: TermError, at offset: Int, term: Int) -> Failure {
        Failure(
            .inputFellShort, error.reason,
            place: "\(error.code.rawValue), byte \(offset)" + (term > 0 ? ", term \(term)" : ""))
    }
}
