import ExternalTerm

/// The names that maps of a page have as keys.
enum PageName: String {
    case statics = "s"
    case templates = "p"
    /// The mark of a part that is one element; at the top a reply.
    case root = "r"
    case list = "d"
    case keyed = "k"
    case stream
    case components = "c"
    case title = "t"
    case events = "e"
    case count = "kc"
    case moved = "km"

    static let ofValues: Set<PageName> = [.statics, .templates, .root, .list, .keyed, .stream]
    static let ofDiffs = ofValues.union([.components, .title, .events])
    static let ofRows: Set<PageName> = [.count, .moved]
}

/// A map's names and numbers, in whatever way its keys are written. Implements Spec/pages.md §2.
struct PageFields {
    var names: [PageName: Term] = [:]
    var numbers: [(number: Int, value: Term)] = []

    /// Takes a map apart.
    ///
    /// - Parameter known: the names that it may have.
    init(_ map: TermMap, known: Set<PageName>) throws(PageFault) {
        var seen: Set<Int> = []
        var areAllIntegers = true
        // Pairs stand in the order of their keys: integers, then atoms, then binaries. So the first of those that mean the same counts.
        for pair in map.pairs {
            let name: String
            switch pair.key {
            case .integer(let number):
                guard 0..<PageLimits.integer ~= number else { throw PageFault.unknownKey }
                numbers.append((number, pair.value))
                continue
            case .atom(let atom): name = atom.name
            case .binary(let bytes): name = String(decoding: bytes, as: UTF8.self)
            default: throw PageFault.unknownKey
            }
            if let number = PageFields.number(name) {
                if areAllIntegers {
                    areAllIntegers = false
                    seen = Set(numbers.map(\.number))
                }
                if seen.insert(number).inserted { numbers.append((number, pair.value)) }
            } else {
                guard let name = PageName(rawValue: name), known.contains(name) else { throw PageFault.unknownKey }
                if names[name] == nil { names[name] = pair.value }
            }
        }
    }

    /// The number that a text writes in decimal digits, without zeros in front.
    private static func number(_ text: String) -> Int? {
        let digits = text.utf8
        guard 1...15 ~= digits.count, digits.allSatisfy({ 48...57 ~= $0 }), digits.count == 1 || digits.first != 48
        else { return nil }
        return Int(text)
    }
}

extension PageFault {
    static let unknownKey = PageFault("a key that no version of LiveView has")
}

extension TermMap {
    /// The value under a name that is an atom, or a binary with the same text.
    func pageValue(_ name: Atom) -> Term? { self[atom: name] ?? self[.string(name.name)] }
}

extension Term {
    /// The bytes of a text: a binary that is UTF-8.
    var pageText: [UInt8]? {
        guard case .binary(let bytes) = self, (try? UTF8Span(validating: bytes.span)) != nil else { return nil }
        return bytes
    }

    /// A list of texts.
    var pageTexts: [[UInt8]]? {
        guard case .list(let elements) = self else { return nil }
        var texts: [[UInt8]] = []
        texts.reserveCapacity(elements.count)
        for element in elements {
            guard let text = element.pageText else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// An integer whose size is below 2^53.
    var pageInteger: Int? {
        guard case .integer(let number) = self, -PageLimits.integer < number, number < PageLimits.integer
        else { return nil }
        return number
    }
}
