import Foundation
import TestPrograms
import Testing

@Suite("reel vectors check --reader")
struct VectorsReaderTests {
    /// A reader in Python: what it does with each request, whose parts are `input`, `output` and `path`.
    private func python(_ body: String) -> String {
        """
        exec python3 -c '
        import sys, time
        def answer(*parts): print(*parts, sep="\\t", flush=True)
        for count, line in enumerate(sys.stdin):
            input, output, path = line.rstrip("\\n").split("\\t")
            \(body.replacing("\n", with: "\n    "))
        '
        """
    }

    private func check(_ reader: String, _ arguments: String...) throws -> Program {
        try VectorsFolder.with { folder in
            try folder.addTerms()
            try folder.writeManifest()
            return try Tool.run(["vectors", "check", folder.url.path, "--reader", reader] + arguments)
        }
    }

    /// A reader that knows the four terms by their bytes.
    private let sound = """
        term = open(path, "rb").read()
        known = {b"\\x83a\\x01": ("1", "1", "836101"), b"\\x83d\\x00\\x01\\xe9": ("{\\"$atom\\":\\"é\\"}", "\\"é\\"", "837702c3a9")}
        if term in known: answer("ok", known[term][["tagged", "plain", "canonical"].index(output)])
        elif term == b"\\x83b\\x00": answer("error", "truncated")
        else: answer("error", "unknownTag", 1)
        """

    @Test("A reader that answers as it should agrees")
    func agrees() throws {
        let tool = try check(python(sound))
        #expect(tool.status == 0, "\(tool.text)\(tool.talk)")
        #expect(tool.lines.last == "4 vectors: 4 agree, 0 disagree, 0 skipped")
    }

    @Test("What a reader skips is counted, and is no failure")
    func skips() throws {
        let tool = try check(
            python("answer(\"skip\") if output != \"plain\" or \"one\" not in path else answer(\"ok\", 1)"))
        #expect(tool.status == 0, "\(tool.text)")
        #expect(tool.lines.last == "4 vectors: 1 agree, 0 disagree, 3 skipped")
    }

    @Test("The shell of the specification is a reader")
    func shell() throws {
        let reader = """
            while IFS=$(printf '\\t') read -r input output path; do
              case $input/$output in
                term/tagged | term/plain)
                  if text=$('\(Tool.path)' term decode --to "$output-json" <"$path" 2>/dev/null); then
                    printf 'ok\\t%s\\n' "$text"
                  else
                    printf 'error\\tmalformedTerm\\n'
                  fi ;;
                *) echo skip ;;
              esac
            done
            """
        let tool = try check(reader, "--id", "terms/[!e]*", "--id", "terms/integers/*", "--id", "terms/atoms/*")
        #expect(tool.status == 0, "\(tool.text)\(tool.talk)")
        #expect(tool.lines.last == "2 vectors: 2 agree, 0 disagree, 0 skipped")
    }

    /// Readers that go wrong on each question: what they do, and what the report says of it.
    static let nonsensical: [(body: String, report: String)] = [
        ("print(flush=True)", "got no answer: neither ok, error nor skip"),
        ("print(\"Hello\", flush=True)", "got no answer: neither ok, error nor skip"),
        ("answer(\"ok\")", "got no answer: ok without a text"),
        ("answer(\"skip\", 1)", "got no answer: skip with something after it"),
        ("answer(\"error\")", "got no answer: error without a kind and an offset"),
        ("answer(\"error\", \"truncated\", \"x\")", "got no answer: error without a kind and an offset"),
        ("answer(\"error\", \"truncated\", 1, 2)", "got no answer: error without a kind and an offset"),
        ("answer(\"ok\", \"{\")", "which is no JSON"),
        ("answer(\"error\", \"truncated\", 7)", "got error truncated at byte 7"),
        ("answer(\"ok\", \"x\" * 3000000)", "… (3000000 bytes)"),
        ("sys.stdout.buffer.write(b\"ok\\t\\xff\\xfe\\n\"); sys.stdout.flush()", "which is no JSON"),
    ]

    @Test("An answer that is none is a failure of its vector, and the next one is asked", arguments: nonsensical)
    func nonsense(reader: (body: String, report: String)) throws {
        let tool = try check(python(reader.body), "--id", "terms/integers/*", "--id", "terms/atoms/*", "--verbose")
        #expect(tool.status == 1)
        #expect(tool.text.contains(reader.report), "\(tool.text)\(tool.talk)")
        #expect(tool.lines.last == "2 vectors: 0 agree, 2 disagree, 0 skipped")
    }

    /// Readers that cannot be asked to the end: what they do, and what is said of it.
    static let unsound: [(body: String, report: String)] = [
        ("sys.exit(3)", "the reader has ended early, with status 3, asked about terms/integers/one"),
        ("import os; os.kill(os.getpid(), 11)", "with signal 11, asked about terms/integers/one"),
        ("answer(\"skip\") if count < 3 else sys.exit(0)", "with status 0, asked about terms/atoms/latin1"),
        ("time.sleep(1000)", "has given no answer within"),
        ("print(\"ok\", end=\"\", flush=True); time.sleep(1000)", "has given no answer within"),
        ("print(\"skip\\nskip\\nskip\", flush=True)", "the reader has written more lines than it was asked for"),
        ("answer(\"skip\"); sys.stdin = []; import os; os.close(0); os.close(1); time.sleep(1000)", "any more"),
    ]

    @Test(
        "A reader that dies, hangs or says too much is stopped, and named", .timeLimit(.minutes(2)), arguments: unsound)
    func stops(reader: (body: String, report: String)) throws {
        // Who hangs is waited for; everybody else has time, however busy the machine is.
        let tool = try check(python(reader.body), "--timeout", reader.body.contains("sleep") ? "5" : "60")
        #expect(tool.status == 1)
        #expect(tool.text.contains(reader.report), "\(tool.text)\(tool.talk)")
        #expect(tool.text.contains("not asked"))
    }

    @Test("A reader has to end well when there are no more questions")
    func end() throws {
        for (ending, report) in [
            ("sys.exit(4)", "the reader has ended with status 4"),
            ("answer(\"skip\")", "the reader has written more lines than it was asked for"),
            ("time.sleep(1000)", "the reader has not ended within 5.0 seconds after the end of its input"),
        ] {
            let reader = python("answer(\"skip\")").replacing("\n'", with: "\n\(ending)\n'")
            let tool = try check(reader, "--timeout", "5")
            #expect(tool.status == 1)
            #expect(tool.text.contains(report), "\(tool.text)\(tool.talk)")
        }
    }

    @Test("A program that is not there is no reader")
    func missing() throws {
        let tool = try check("/no/such/reader")
        #expect(tool.status == 1)
        #expect(tool.text.contains("the reader has ended early, with status 127"), "\(tool.text)")
    }

    @Test("Thousands of questions with long answers take no more than their time", .timeLimit(.minutes(2)))
    func many() throws {
        try VectorsFolder.with { folder in
            let text = "\"\(String(repeating: "x", count: 200_000))\""
            try folder.write(Array(text.utf8), to: "long.json")
            try folder.add("terms/long", "term", [131], ["expect": ["plain": ["file": "long.json"]]])
            for index in 0..<2_000 {
                let expectation = index.isMultiple(of: 10) ? ["file": "long.json"] as Any : "1"
                try folder.add(
                    "terms/number-\(index)", "term", [131], file: "terms/long.bin", ["expect": ["plain": expectation]])
            }
            try folder.writeManifest()
            let body = "answer(\"ok\", \"\\\"\" + \"x\" * 200000 + \"\\\"\" if count == 0 or count % 10 == 1 else 1)"
            let tool = try folder.check("--reader", python(body))
            #expect(tool.status == 0, "\(tool.text.prefix(400))\(tool.talk.prefix(400))")
            #expect(tool.lines.last == "2,001 vectors: 2,001 agree, 0 disagree, 0 skipped")
        }
    }
}
