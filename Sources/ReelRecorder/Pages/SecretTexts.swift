import ExternalTerm
import Reel

/// Texts that may not be recorded in a session any more, however a page writes them. Implements Spec/port.md §7.
struct SecretTexts: Sendable {
    private var known: Set<[UInt8]> = []
    private var byteCount = 0
    /// Those that are looked for anywhere, by their first two bytes, the longest first.
    private var wanted: [UInt16: [[UInt8]]] = [:]
    /// Those that are looked for as words, because they stand everywhere else.
    private var words: Set<[UInt8]> = []
    /// The bytes that any of them starts with.
    private var starts = ByteSet()
    /// Whether there have been more than can be looked for.
    private(set) var isOverfull = false

    /// How many texts are remembered, and how many bytes of them.
    private static let mostTexts = 8_192
    private static let mostBytes = 512 << 10
    /// What is shorter stands everywhere.
    private static let shortestText = 3
    /// Values that say nothing, though their names are sensitive.
    private static let plain: Set<[UInt8]> = Set(
        [
            "true", "false", "nil", "null", "on", "off", "yes", "no", SanitizedValue.filtered, SanitizedValue.redacted,
            SanitizedValue.failed, SanitizedValue.unencodable,
        ].map { Array($0.utf8) })

    /// Remembers a text, and the same without white space at its ends.
    mutating func insert(_ text: [UInt8]) {
        insert(exactly: text)
        let trimmed = text.drop(while: \.isHTMLSpace).reversed().drop(while: \.isHTMLSpace).reversed()
        if trimmed.count < text.count { insert(exactly: Array(trimmed)) }
    }

    private mutating func insert(exactly text: [UInt8]) {
        guard let first = text.first, !text.allSatisfy(\.isHTMLSpace), !isOverfull, !SecretTexts.plain.contains(text),
            known.insert(text).inserted
        else { return }
        byteCount += text.count
        guard known.count <= SecretTexts.mostTexts, byteCount <= SecretTexts.mostBytes else {
            isOverfull = true
            return
        }
        starts.insert(first)
        guard text.count >= SecretTexts.shortestText else {
            words.insert(text)
            return
        }
        var texts = wanted[SecretTexts.key(text, 0)] ?? []
        texts.insert(text, at: texts.firstIndex { $0.count < text.count } ?? texts.count)
        wanted[SecretTexts.key(text, 0)] = texts
    }

    /// Whether a text is looked for.
    func contains(_ text: [UInt8]) -> Bool { known.contains(text) }

    private static func key(_ text: [UInt8], _ position: Int) -> UInt16 {
        UInt16(text[position]) << 8 | UInt16(text[position + 1])
    }
}

// MARK: - What has been filtered

extension SecretTexts {
    /// Remembers the texts that a sanitizer has taken out of a term.
    mutating func insert(filteredFrom term: Term, to sanitized: Term) {
        switch (term, sanitized) {
        case (.map(let before), .map(let after)): insert(filteredFrom: before, to: after)
        case (.list(let before), .list(let after)): insert(filteredFrom: before, to: after)
        case (.improperList(let before, let tail), .improperList(let after, let sanitizedTail)):
            insert(filteredFrom: before, to: after)
            insert(filteredFrom: tail, to: sanitizedTail)
        case (.tuple(let before), .tuple(let after)): insert(filteredFrom: before, to: after)
        case (.localFunction(let before), .localFunction(let after)):
            insert(filteredFrom: before.freeVariables, to: after.freeVariables)
        case (.binary(let before), .binary(let after)):
            if before != after { insert(filteredFrom: before, to: after) }
        case (_, .binary(let after)) where SecretTexts.plain.contains(after): insert(textsIn: term, depth: 0)
        default: break
        }
    }

    private mutating func insert(filteredFrom before: TermMap, to after: TermMap) {
        for pair in before.pairs {
            if let value = after[pair.key] {
                insert(filteredFrom: pair.value, to: value)
            } else if pair.key.atom == nil {
                // The key may have been changed: what stands under it now is not known.
                insert(textsIn: pair.key, depth: 0)
                insert(textsIn: pair.value, depth: 0)
            }
            // Internal keys are removed with values that no page shows.
        }
    }

    private mutating func insert(filteredFrom before: [Term], to after: [Term]) {
        var rest = after[...]
        for (index, term) in before.enumerated() {
            // Internal keys have been removed with their values.
            if rest.count < before.count - index, let elements = term.elements, elements.first?.atom != nil,
                elements.first != rest.first?.elements?.first
            {
                continue
            }
            guard let sanitized = rest.popFirst() else { return }
            insert(filteredFrom: term, to: sanitized)
        }
    }

    /// Remembers what stands in a text where something has been taken out.
    private mutating func insert(filteredFrom before: [UInt8], to after: [UInt8]) {
        var rest = before[...]
        var parts = after.split(separator: Array(SanitizedValue.filtered.utf8), omittingEmptySubsequences: false)
        guard let last = parts.popLast(), let first = parts.first, rest.starts(with: first),
            rest.dropFirst(first.count).suffix(last.count) == last
        else {
            // It has been redacted, or it is something else now.
            if parts.isEmpty, after.elementsEqual(SanitizedValue.failed.utf8) { insert(before) }
            return
        }
        rest = rest.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst() {
            guard let range = part.isEmpty ? nil : rest.firstRange(of: part) else {
                insert(fromAddress: rest)
                return
            }
            insert(fromAddress: rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        insert(fromAddress: rest)
    }

    /// Remembers what stands in an address, where it may be percent-encoded.
    private mutating func insert(fromAddress text: ArraySlice<UInt8>) {
        insert(Array(text))
        insert(TextView(Array(text)).withoutPercents().bytes)
    }

    /// Remembers all texts in a term.
    private mutating func insert(textsIn term: Term, depth: Int) {
        guard depth < TermLimits.deepestTree, !isOverfull else { return }
        switch term {
        case .binary(let text): insert(text)
        case .integer(let number): insert(Array(String(number).utf8))
        case .float(let number): insert(Array("\(number)".utf8))
        case .map(let map): for pair in map.pairs { insert(textsIn: pair.value, depth: depth + 1) }
        case .list(let elements):
            let scalars = elements.map { element -> Unicode.Scalar? in
                guard case .integer(let number) = element else { return nil }
                return UInt32(exactly: number).flatMap(Unicode.Scalar.init)
            }
            if !scalars.contains(nil) {
                var text = String.UnicodeScalarView()
                text.append(contentsOf: scalars.compactMap { $0 })
                insert(Array(String(text).utf8))
            }
            for element in elements {
                // The numbers of a text are none by themselves.
                if case .integer(let number) = element, number < 0x11_0000, scalars.count > 1 { continue }
                insert(textsIn: element, depth: depth + 1)
            }
        case .improperList(let elements, let tail):
            for element in elements + [tail] { insert(textsIn: element, depth: depth + 1) }
        case .tuple(let elements): for element in elements { insert(textsIn: element, depth: depth + 1) }
        case .localFunction(let function):
            for variable in function.freeVariables { insert(textsIn: variable, depth: depth + 1) }
        default: break
        }
    }
}

// MARK: - Looking for them

extension SecretTexts {
    /// A text without what is remembered, or nil when none of it is in it.
    ///
    /// - Parameter isStatic: whether the text is of a template, in which a text of one or two bytes is no visitor's.
    func removed(from text: [UInt8], isStatic: Bool = false) -> [UInt8]? {
        guard !known.isEmpty, !text.isEmpty else { return nil }
        var found: [Range<Int>] = []
        for view in TextView(text).all { look(in: view, of: text, isStatic: isStatic, &found) }
        return found.isEmpty ? nil : SecretTexts.replacing(found, in: text)
    }

    private func look(in view: TextView, of text: [UInt8], isStatic: Bool, _ found: inout [Range<Int>]) {
        let bytes = view.bytes
        for position in bytes.indices where starts.contains(bytes[position]) {
            var count = 0
            if position + 1 < bytes.count, let texts = wanted[SecretTexts.key(bytes, position)] {
                count = texts.first { bytes[position...].starts(with: $0) }?.count ?? 0
            }
            if count == 0, !isStatic, !words.isEmpty {
                count = [2, 1].first { isWord(position, $0, in: bytes) } ?? 0
            }
            guard count > 0 else { continue }
            let range = view.origin(position)..<view.origin(position + count)
            if !SecretTexts.isMarkup(range, in: text) { found.append(range) }
        }
    }

    private func isWord(_ position: Int, _ count: Int, in bytes: [UInt8]) -> Bool {
        let end = position + count
        guard end <= bytes.count, words.contains(Array(bytes[position..<end])) else { return false }
        let before = position > 0 ? bytes[position - 1] : nil
        let after = end < bytes.count ? bytes[end] : nil
        if !bytes[position].isWordByte || !bytes[end - 1].isWordByte {
            // Punctuation stands everywhere: only by itself it may be what was typed.
            return (before.map { [0x22, 0x27, 0x3E].contains($0) } ?? true)
                && (after.map { [0x22, 0x27, 0x3C].contains($0) } ?? true)
        }
        return !(before?.isWordByte ?? false) && !(after?.isWordByte ?? false)
    }

    /// Whether what stands somewhere is in the name of a tag or of an attribute, and so no visitor's.
    private static func isMarkup(_ range: Range<Int>, in text: [UInt8]) -> Bool {
        guard text[range].allSatisfy(\.isNameByte) else { return false }
        let start = text[..<range.lowerBound].lastIndex { !$0.isNameByte }
        let end = text[range.upperBound...].firstIndex { !$0.isNameByte } ?? text.count
        guard let start else { return false }
        if text[start] == UInt8(ascii: "<") { return true }
        if text[start] == UInt8(ascii: "/") { return start > 0 && text[start - 1] == UInt8(ascii: "<") }
        return text[start].isHTMLSpace && end + 1 < text.count && text[end] == UInt8(ascii: "=")
            && (text[end + 1] == UInt8(ascii: "\"") || text[end + 1] == UInt8(ascii: "'"))
    }

    private static func replacing(_ found: [Range<Int>], in text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        for range in found.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.upperBound > position {
            // Those that overlap are one.
            if range.lowerBound >= position, position == 0 || range.lowerBound > position {
                result += text[position..<range.lowerBound]
                result += SanitizedValue.filtered.utf8
            }
            position = range.upperBound
        }
        return result + text[position...]
    }
}

extension UInt8 {
    fileprivate var isNameByte: Bool {
        switch self {
        case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x40, 0x5F: true
        default: false
        }
    }

    fileprivate var isWordByte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x80...: true
        default: false
        }
    }
}

/// A set of bytes.
private struct ByteSet: Sendable {
    private var bits: InlineArray<4, UInt64> = [0, 0, 0, 0]

    mutating func insert(_ byte: UInt8) { bits[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
    func contains(_ byte: UInt8) -> Bool { bits[Int(byte >> 6)] & 1 << UInt64(byte & 63) != 0 }
}
