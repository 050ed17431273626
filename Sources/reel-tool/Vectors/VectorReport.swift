/// What a check has come to, for people, for machines and for test reports.
struct VectorReport {
    let check: VectorCheck

    // MARK: Text

    /// The lines for people.
    ///
    /// - Parameter isVerbose: whether all failures are shown, and not only the first one of each family.
    func lines(isVerbose: Bool) -> [String] {
        var lines = table
        for family in check.families {
            let failures = check.failures(in: family)
            for failure in isVerbose ? failures[...] : failures.prefix(1) {
                lines += ["", "\(failure.vector.id) (\(failure.vector.section)): \(failure.vector.shows)".escaped]
                lines += failure.differences.flatMap(VectorReport.lines)
            }
            if !isVerbose, failures.count > 1 {
                lines.append("  and \((failures.count - 1).grouped) more of \(family.rawValue): --verbose shows them")
            }
        }
        lines.append("")
        if let stop = check.stop { lines.append(stop.escaped) }
        return lines + [sum]
    }

    private var table: [String] {
        let columns = ["vectors", "agree", "disagree", "skipped"]
        func row(_ name: String, _ cells: [String]) -> String {
            name.padded(to: 16) + cells.map { $0.padded(to: 10, atStart: true) }.joined()
        }
        let rows = check.families.map { family in
            let tally = check.tally(of: family)
            return row(family.rawValue, [tally.vectors, tally.agree, tally.disagree, tally.skipped].map(\.grouped))
        }
        return [row("family", columns)] + rows
    }

    private static func lines(_ difference: Difference) -> [String] {
        [
            "  \(difference.output.rawValue): expected \(difference.expected)".escaped,
            "  \(String(repeating: " ", count: difference.output.rawValue.count))       got \(difference.found)"
                .escaped,
        ]
    }

    private var sum: String {
        let tally = check.tally()
        var parts = [
            (check.level == .precise ? "" : "level \(check.level.rawValue): ")
                + "\(tally.vectors.of("vector")): \(tally.agree.grouped) agree", "\(tally.disagree.grouped) disagree",
            "\(tally.skipped.grouped) skipped",
        ]
        if tally.notAsked > 0 { parts.append("\(tally.notAsked.grouped) not asked") }
        return parts.joined(separator: ", ")
    }

    // MARK: JSON

    /// An object for machines.
    var json: JSONText {
        let families = check.families.map { family in
            JSONText.object(
                [JSONText.Member("family", .string(family.rawValue))] + VectorReport.members(check.tally(of: family)))
        }
        let failures = check.failures().map { failure in
            [
                "id": .string(failure.vector.id), "section": .string(failure.vector.section),
                "shows": .string(failure.vector.shows),
                "differences": .array(
                    failure.differences.map { difference in
                        [
                            "output": .string(difference.output.rawValue), "expected": .string(difference.expected),
                            "found": .string(difference.found),
                        ]
                    }),
            ] as JSONText
        }
        return .object(
            [
                JSONText.Member("version", .string(check.version)),
                JSONText.Member("level", .string(check.level.rawValue)),
                JSONText.Member("reader", JSONText(check.reader)),
                JSONText.Member("passed", .boolean(check.isPassed)), JSONText.Member("stopped", JSONText(check.stop)),
            ] + VectorReport.members(check.tally()) + [
                JSONText.Member("families", .array(families)), JSONText.Member("failures", .array(failures)),
            ])
    }

    private static func members(_ tally: VectorCheck.Tally) -> [JSONText.Member] {
        [
            JSONText.Member("vectors", .integer(tally.vectors)), JSONText.Member("agree", .integer(tally.agree)),
            JSONText.Member("disagree", .integer(tally.disagree)), JSONText.Member("skipped", .integer(tally.skipped)),
            JSONText.Member("notAsked", .integer(tally.notAsked)),
        ]
    }

    // MARK: JUnit

    /// The report as JUnit's XML: a suite a family, a case a vector.
    var junit: String {
        let suites = check.families.map { family in
            let tally = check.tally(of: family)
            let cases = check.results.filter { $0.vector.family == family }.map(testCase).joined()
            return "  <testsuite name=\"\(family.rawValue)\" tests=\"\(tally.vectors)\" failures=\"\(tally.disagree)\""
                + " errors=\"\(tally.notAsked)\" skipped=\"\(tally.skipped)\">\n\(cases)  </testsuite>\n"
        }
        let name = (check.reader ?? "reel").xml
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"\(name)\">\n\(suites.joined())"
            + "</testsuites>\n"
    }

    private func testCase(_ result: VectorCheck.Result) -> String {
        let vector = result.vector
        let start = "    <testcase classname=\"\(vector.family.rawValue)\" name=\"\(vector.id.xml)\""
        switch result.verdict {
        case .agrees: return start + "/>\n"
        case .skipped: return start + "><skipped/></testcase>\n"
        case .notAsked:
            return start + "><error message=\"\((check.stop ?? "not asked").xml)\"/></testcase>\n"
        case .disagrees(let differences):
            let text = differences.flatMap(VectorReport.lines).joined(separator: "\n").xml
            let message = "\(vector.shows) (\(vector.section))".xml
            return start + "><failure message=\"\(message)\">\(text)</failure></testcase>\n"
        }
    }
}

extension String {
    /// The text as XML 1.0 has it between quotes or tags. What XML cannot have at all is written as ``escaped`` does.
    fileprivate var xml: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "\n", "\t": text += "&#\(scalar.value);"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
