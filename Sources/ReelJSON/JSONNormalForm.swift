/// JSON text in the one form that all texts of the same value have: equal forms are equal values. Implements
/// Spec/vectors.md §4.
///
/// Pairs stand in the order of their keys, those of a `$map` in the order of their texts, without white space; strings have no escape that they do not need, integers
/// all of their digits, floats the shortest text that reads back.
package struct JSONNormalForm: Hashable, Sendable {
    /// The text, in UTF-8.
    package let bytes: [UInt8]

    /// Reads a text, and takes it into the normal form.
    ///
    /// - Parameter isTagged: whether the tag `$map`, of the tagged mapping, is one.
    /// - Throws: ``JSONError`` when the text is not what Spec/json.md §5 allows.
    package init(_ text: [UInt8], isTagged: Bool, limits: JSONLimits = .default) throws(JSONError) {
        var parser = JSONParser(text.span, limits: limits)
        var open: [Container] = []
        var keys: [[UInt8]] = []
        var value: [UInt8] = []
        while let token = try parser.next() {
            switch token {
            case .beginArray, .beginObject:
                let isMap = isTagged && open.last?.isObject == true && keys.last == Array("$map".utf8)
                open.append(Container(isObject: token == .beginObject, isUnordered: isMap))
                continue
            case .key(let range, let hasEscapes):
                keys.append(text.span.unescaped(range, hasEscapes: hasEscapes))
                continue
            case .endArray, .endObject: value = open.popLast()?.text ?? []
            case .string(let range, let hasEscapes):
                value = JSONNormalForm.quoted(text.span.unescaped(range, hasEscapes: hasEscapes))
            case .number(let range, let isInteger):
                let digits = text.span.numberText(range)
                if isInteger {
                    value = Array((digits == "-0" ? "0" : digits).utf8)
                } else {
                    guard let float = Double(digits), float.isFinite else {
                        throw JSONError(.limitExceeded, at: range.lowerBound, "a number that no float can hold")
                    }
                    value = Array(float.description.utf8)
                }
            case .true: value = Array("true".utf8)
            case .false: value = Array("false".utf8)
            case .null: value = Array("null".utf8)
            }
            guard let top = open.indices.last else { continue }
            let key = open[top].isObject ? keys.popLast() ?? [] : []
            open[top].members.append(Member(key: key, value: value))
        }
        bytes = value
    }

    private struct Member {
        var key: [UInt8]
        var value: [UInt8]
    }

    /// An array or object that is open.
    private struct Container {
        var isObject: Bool
        /// Whether it is the array of a `$map`.
        var isUnordered: Bool
        var members: [Member] = []

        var text: [UInt8] {
            var text = [isObject ? UInt8(ascii: "{") : UInt8(ascii: "[")]
            var members = members
            if isObject { members.sort { $0.key.lexicographicallyPrecedes($1.key) } }
            if isUnordered { members.sort { $0.value.lexicographicallyPrecedes($1.value) } }
            for (index, member) in members.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                if isObject { text += JSONNormalForm.quoted(member.key) + [UInt8(ascii: ":")] }
                text += member.value
            }
            return text + [isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")]
        }
    }

    private static func quoted(_ text: [UInt8]) -> [UInt8] {
        var json = JSONWriter()
        json.write(utf8: text.span)
        return json.bytes
    }
}
