import ExternalTerm
import ReelRecorder
import Testing

@Suite("Redacting text")
struct RedactorTests {
    @Test(
        "A card number of 13 to 19 digits that keeps Luhn's rule is redacted, however it is grouped",
        arguments: [
            ("4111111111111111", "[REDACTED]"), ("4111 1111 1111 1111", "[REDACTED]"),
            ("4111-1111-1111-1111", "[REDACTED]"), ("3782 822463 10005", "[REDACTED]"),
            ("4222222222222", "[REDACTED]"), ("6304000000000000000", "[REDACTED]"),
            ("paid with 5555555555554444, thanks", "paid with [REDACTED], thanks"),
            ("item 12 4111 1111 1111 1111 2", "item 12 [REDACTED] 2"),
            ("4111111111111111 5555555555554444", "[REDACTED] [REDACTED]"),
            // Luhn's rule broken, too short, too long, milliseconds, not one group.
            ("4111111111111112", "4111111111111112"), ("411111111111", "411111111111"),
            ("41111111111111111111", "41111111111111111111"), ("1795395070566", "1795395070566"),
            ("4111  1111  1111  1111", "4111  1111  1111  1111"), ("", ""),
        ])
    func cardNumbers(text: String, redacted: String) throws {
        #expect(try Redactor([.cardNumbers]).redact(text) == redacted)
    }

    @Test(
        "An e-mail address is redacted wherever it stands",
        arguments: [
            ("ada@example.com", "[REDACTED]"), ("mail <ada.l+x@mail.example.co.uk>.", "mail <[REDACTED]>."),
            ("jörg@bücher.de!", "[REDACTED]!"), ("a@b.cd,e@f.gh", "[REDACTED],[REDACTED]"),
            ("ends with ada@example.com.", "ends with [REDACTED]."),
            ("@home", "@home"), ("a@b", "a@b"), ("a@b.c", "a@b.c"), ("x @ y.com", "x @ y.com"), ("v@1.2", "v@1.2"),
        ])
    func emailAddresses(text: String, redacted: String) throws {
        #expect(try Redactor([.emailAddresses]).redact(text) == redacted)
    }

    @Test(
        "A bearer token is redacted and a sentence about bearers is not",
        arguments: [
            ("Bearer abc123def456", "Bearer [REDACTED]"),
            ("authorization: bearer  a.b-c~d+e/f==", "authorization: bearer  [REDACTED]"),
            ("BEARER abcdefghijklmnopqrstuvwxyz", "BEARER [REDACTED]"),
            ("Bearer Bearer abc123def", "Bearer Bearer [REDACTED]"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "[REDACTED]"),
            ("jwt=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln;", "jwt=[REDACTED];"),
            ("the bearer of bad news", "the bearer of bad news"), ("bearer shares.", "bearer shares."),
            ("Bearer", "Bearer"), ("eyJ.a.b", "eyJ.a.b"),
        ])
    func bearerTokens(text: String, redacted: String) throws {
        #expect(try Redactor([.bearerTokens]).redact(text) == redacted)
    }

    @Test(
        "A template stands for text of its form",
        arguments: [
            ("sk_live_*", "key SK_live_9aZ-_ is", "key [REDACTED] is"),
            ("###-##-####", "ssn 078-05-1120.", "ssn [REDACTED]."),
            ("DE##????*", "DE89370400440532013000", "[REDACTED]"), ("\\#*", "#tag 7", "[REDACTED] 7"),
            ("a*", "a", "a"), ("id:*;", "id:x id:y;", "id:x [REDACTED]"), ("ü*", "grün", "gr[REDACTED]"),
        ])
    func templates(template: String, text: String, redacted: String) throws {
        let text = try Redactor([.template(template)]).redact(text)
        #expect(text == redacted)
    }

    @Test("A template that could stand anywhere is refused", arguments: ["", "*", "*x", "x\\"])
    func templateErrors(template: String) {
        #expect(throws: TextTemplateError.self) { try TextPattern.template(template) }
    }

    @Test("Several patterns work together, and own ones beside ours")
    func several() throws {
        let own = TextPattern { text in text.count > 3 ? [0..<1, 2..<99] : [] }
        #expect(try Redactor([own]).redact("abcdef") == "[REDACTED]b[REDACTED]")
        #expect(
            try Redactor([.emailAddresses, .cardNumbers, .bearerTokens]).redact(
                "a@b.cd 4111111111111111 Bearer abc-123")
                == "[REDACTED] [REDACTED] Bearer [REDACTED]")
        #expect(Redactor.none.isEmpty && !Redactor.standard.isEmpty)
    }

    @Test("No text is redacted to something that is not UTF-8, and hostile text ends as well")
    func hostile() throws {
        let redactor = Redactor([
            .cardNumbers, .emailAddresses, .bearerTokens, try .template("a*b*c"), try .template("#*"),
        ])
        for piece in [
            "a", "@", "4", "4 ", "4-", "eyJ", "=eyJ", ".eyJ", "bearer ", "a@a", "é@é.", "1@", "a*", "://", "?a=", "ab",
        ] {
            let text = String(repeating: piece, count: 50_000)
            let redacted = try redactor.redact(text)
            #expect(redacted.isEmpty == false)
            _ = try DefaultSanitizer(redactor: redactor).sanitize(.string(text), in: .params)
        }
    }
}
