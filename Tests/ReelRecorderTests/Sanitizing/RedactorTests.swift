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
            ("4111  1111  1111  1111", "[REDACTED]"), ("4111.1111.1111.1111", "[REDACTED]"),
            ("4111\u{A0}1111\u{A0}1111\u{A0}1111", "[REDACTED]"),
            ("4111\u{2013}1111\u{2013}1111\u{2013}1111", "[REDACTED]"),
            ("４１１１１１１１１１１１１１１１", "[REDACTED]"), ("٤١١١١١١١١١١١١١١١", "[REDACTED]"), ("30569309025904", "[REDACTED]"),
            ("3530111333300000", "[REDACTED]"), ("5018000000000009", "[REDACTED]"),
            // Luhn's rule broken, too short, too long, milliseconds, no issuer's, fractions.
            ("4111111111111112", "4111111111111112"), ("411111111111", "411111111111"),
            ("41111111111111111111", "41111111111111111111"), ("1795395070566", "1795395070566"),
            ("4012345678909", "[REDACTED]"), ("0.4111111111111111", "0.4111111111111111"), ("", ""),
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
        "Keys of services, private keys and numbers of accounts are redacted",
        arguments: [
            (TextPattern.accessKeys, "id AKIAIOSFODNN7EXAMPLE.", "id [REDACTED]"),
            (.accessKeys, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "[REDACTED]"),
            (.accessKeys, "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "[REDACTED]"),
            (.accessKeys, "xoxb-123456789012-abcdefSECRET", "[REDACTED]"),
            (.accessKeys, "a sk_live_4eC39HqLyjWDarjtT1zdp7dc b", "a [REDACTED] b"),
            (.accessKeys, "AIzaSyA-1234567890abcdefghijklmnopqrstu", "[REDACTED]"),
            (.accessKeys, "pk_live_4eC39HqLyjWDarjtT1zdp7dc", "pk_live_4eC39HqLyjWDarjtT1zdp7dc"),
            (.accessKeys, "/assets/Images/Products/2024/Summer/P0x1", "/assets/Images/Products/2024/Summer/P0x1"),
            (
                .privateKeys, "a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b",
                "a [REDACTED] b"
            ),
            (.privateKeys, "-----BEGIN PRIVATE KEY-----\nMIIE", "[REDACTED]"),
            (.privateKeys, "-----BEGIN CERTIFICATE-----\nMIIE", "-----BEGIN CERTIFICATE-----\nMIIE"),
            (.bankAccounts, "DE89370400440532013000", "[REDACTED]"),
            (.bankAccounts, "to DE89 3704 0044 0532 0130 00, please", "to [REDACTED], please"),
            (.bankAccounts, "gb29nwbk60161331926819", "[REDACTED]"),
            (.bankAccounts, "DE89370400440532013001", "DE89370400440532013001"),
            (.socialSecurityNumbers, "078-05-1120", "[REDACTED]"),
            (.socialSecurityNumbers, "1078-05-1120", "1078-05-1120"),
            (.socialSecurityNumbers, "666-05-1120", "666-05-1120"),
            (.bearerTokens, "Basic dXNlcjpodW50ZXIy", "Basic [REDACTED]"),
            (.bearerTokens, "Basic training1", "Basic training1"),
            (.bearerTokens, "Bearer abcdefSECRETq", "Bearer [REDACTED]"),
            (.bearerTokens, "x_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "x_[REDACTED]"),
            (.bearerTokens, "SFMyNTY.g2gDYQFuBgB.abc-DEF_1", "[REDACTED]"),
        ])
    func keysAndAccounts(pattern: TextPattern, text: String, redacted: String) throws {
        #expect(try Redactor([pattern]).redact(text) == redacted)
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
        let redactor = Redactor(
            Redactor.standard.patterns + [.emailAddresses, try .template("a*b*c"), try .template("#*")])
        for piece in [
            "a", "@", "4", "4 ", "4-", "eyJ", "=eyJ", ".eyJ", "bearer ", "a@a", "é@é.", "1@", "a*", "://", "?a=", "ab",
            "a=", "password=", "password='", "token:[", "/reset/A1b2C3", "://a@", "?a=%", "?a=%25", "cookie:",
            "-----BEGIN ",
            "DE89", "AKIA", "xoxb-", "SFMyNTY.", "４", "4.", "a b c=", "\"token\":", "%7", "basic ",
        ] {
            let text = String(repeating: piece, count: 50_000)
            let redacted = try redactor.redact(text)
            #expect(redacted.isEmpty == false)
            _ = try DefaultSanitizer(redactor: redactor).sanitize(.string(text), in: .params)
        }
    }
}
