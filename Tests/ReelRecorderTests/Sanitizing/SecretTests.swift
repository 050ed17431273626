import ExternalTerm
import ReelRecorder
import Testing

/// What the secrets of these tests have in common, so that they are found in whatever form they are left.
private let secret = "Zq001SeCrEt"

@Suite("Secrets of every kind")
struct SecretTests {
    private let sanitizer = DefaultSanitizer(redactor: .standard)

    @Test(
        "The value of a key that names a secret is filtered, in any language and spelling",
        arguments: [
            "passwd", "pwd", "pass", "passphrase", "pin", "PIN", "cardPin", "pinCode", "cvv", "cvv2", "cvc", "ssn",
            "social_security_number", "authorization", "Proxy-Authorization", "cookie", "set-cookie", "session_id",
            "JSESSIONID", "PHPSESSID", "jwt", "otp", "otp_code", "totp", "mfa_code", "access_key", "accessKeyId",
            "AccountKey", "aws_secret_access_key", "encryption_key", "ssh_key", "license_key", "iban", "credit_card",
            "card_number", "cc", "bank_account", "routing_number", "sort_code", "secret_question", "security_answer",
            "mother_maiden_name", "bearer", "auth", "X-Auth", "signature", "salt", "nonce", "tan", "dob",
            "date_of_birth",
            "recovery_code", "backup_codes", "seed_phrase", "magic_link", "webhook", "connection_string",
            "database_url",
            "DATABASE_URL", "dsn", "passport_number", "tax_id", "live_socket_id", "Passwort", "Kennwort",
            "mot_de_passe",
            "motDePasse", "contraseña", "senha", "wachtwoord", "hasło", "heslo", "salasana", "lösenord", "пароль", "密码",
            "パスワード", "비밀번호", "p.a.s.s", "pass_word", "PassWord", "pass-word", "p\u{430}ssword", "pass\u{200B}word",
            "ＰＡＳＳＷＯＲＤ", "db_pass", "smtp_pwd", "secretKeyBase", "user[password]", "user[pin]",
        ])
    func keys(key: String) throws {
        for part in RecordedPart.allCases {
            #expect(sanitizer.verdict(onKey: key, in: part) == .filter)
            for name in [Term.string(key), .atom(try #require(Atom(named: key)))] {
                for term in [
                    Term.map(TermMap([TermMap.Pair(name, .string(secret))])), .tuple([name, .string(secret)]),
                    .list([.tuple([name, .string(secret)])]), .list([.list([name, .string(secret)])]),
                    .list([name], tail: .string(secret)), .tuple([name, .string(secret), .integer(1)]),
                ] where !key.contains(" ") {
                    #expect(!isLeft(try sanitizer.sanitize(term, in: part)), "\(term.elixirText)")
                }
            }
        }
    }

    @Test(
        "A value whose name stands beside it is filtered",
        arguments: [
            #"%{"name" => "password", "value" => "S"}"#, #"%{name: :card_pin, value: "S", type: "text"}"#,
            #"%{"header" => "Cookie", "value" => "S"}"#, #"%{"key" => "API_TOKEN", "content" => "S"}"#,
            #"%{__struct__: Phoenix.HTML.FormField, field: :password, name: "user[password]", value: "S"}"#,
            #"%{"type" => "password", "value" => "S"}"#, #"%{"field" => 'cvv', val: 'S'}"#,
        ])
    func named(given: String) throws {
        let term = try Term(
            elixirText: given.replacing("\"S\"", with: "\"\(secret)\"").replacing("'S'", with: "'\(secret)'"))
        for part in RecordedPart.allCases { #expect(!isLeft(try sanitizer.sanitize(term, in: part))) }
    }

    @Test("What a key was pressed in is filtered, and the characters one after another")
    func pressedKeys() throws {
        func sanitized(_ text: String) throws -> Term { try sanitizer.sanitize(Term(elixirText: text), in: .params) }
        #expect(
            try sanitized(#"%{"key" => "Enter", "value" => "x"}"#)
                == Term(elixirText: #"%{"key" => "Enter", "value" => "[FILTERED]"}"#))
        #expect(
            try sanitized(#"%{"key" => "é", "value" => "x"}"#)
                == Term(elixirText: #"%{"key" => "[FILTERED]", "value" => "[FILTERED]"}"#))
        for kept in [#"%{"key" => "ArrowUp"}"#, #"%{"key" => "color", "value" => "red"}"#, #"%{"value" => "x"}"#] {
            #expect(try sanitized(kept) == Term(elixirText: kept))
        }
    }

    @Test(
        "A secret in the middle of text is filtered",
        arguments: [
            "password=§", "password=§&x=1", "user%5Bpassword%5D=§&x=1", "host=h password=§ user=u",
            "Server=h;Password=§;Database=d", "login failed password=§", #"{"password":"§"}"#, #"{"password" : "§"}"#,
            #"{\"password\":\"§\"}"#, #"resp {"token": "§", "a": 1}"#, "password: §", "pin: §\nname: x",
            "--password=§ -u root",
            "UPDATE users SET password='§'", #"** (FunctionClauseError) %{password: "§"}"#, #"%{"api_key" => "§"}"#,
            #"[token: "§", a: 1]"#, "credentials: %{user: 1, key: §}", "curl -H 'X-Api-Key: §' https://x",
            "GET / HTTP/1.1\nCookie: a=b; sid=§\nHost: x", "Authorization: Basic §==", "authorization=Basic §",
            "Authorization: Bearer §abc", "Your API key: §", "Social security number: §",
            "params[\"password\"] = \"§\"",
            "postgres://u:§@h/db", "see https://§@h/x", "see https://shop.example/reset/§ now", "tok:§",
        ])
    func text(given: String) throws {
        let text = given.replacing("§", with: secret)
        for part in RecordedPart.allCases {
            #expect(!isLeft(try sanitizer.sanitize(.string(text), in: part)))
            #expect(
                !isLeft(try sanitizer.sanitize(.list(text.unicodeScalars.map { .integer(Int($0.value)) }), in: part)))
        }
    }

    @Test(
        "A secret in an address is filtered",
        arguments: [
            "/x?token=§", "/x?a=1&password=§&b=2", "/x?pwd=§", "/cb?code=§&state=1", "/x?auth=§", "/x?sig=§",
            "/x?key=§",
            "/x?api_key=§", "/x#access_token=§", "https://u:§@h/x", "https://§@h/x", "/reset/§",
            "/users/reset_password/§",
            "/login/magic/§", "/users/log-in/§", "/users/confirm/§", "/x;jsessionid=§", "/x;password=§",
            "/x?user[password]=§",
            "/x?user%5Bpassword%5D=§", "/x?PASSWORD=§", "/x?pass%2577ord=§", "/x?next=%2Fy%3Ftoken%3D§",
            "/x?next=%252Fy%253Ftoken%253D§", "/x?next=/y?token=§", "/x?a=1;token=§", "/x?session_id=§",
            "/x?h=Bearer%20§",
            "/x?token=%26§", "/x?t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJTRUNSRVQifQ.§", "/tokens/§",
        ])
    func addresses(given: String) throws {
        let address = given.replacing("§", with: secret)
        #expect(!isLeft(.string(try sanitizer.sanitize(url: address))))
        for part in RecordedPart.allCases {
            #expect(!isLeft(try sanitizer.sanitize(.map(["uri": .string(address)]), in: part)))
        }
    }

    @Test("The parameters of a query of a database are filtered, and those of a view are not")
    func queryParameters() throws {
        #expect(
            try sanitizer.sanitize(
                Term(elixirText: #"%{metadata: %{params: ["x", 1]}, params: %{"a" => "b"}}"#), in: .payload)
                == Term(elixirText: #"%{metadata: %{params: "[FILTERED]"}, params: %{"a" => "b"}}"#))
    }

    @Test("What browsers store is filtered, as events of the kind state tell it")
    func browserStorage() throws {
        #expect(
            try sanitizer.sanitize(
                Term(elixirText: #"%{entries: [[0, "localStorage", %{a: "x"}], [5, "filter", %{b: "y"}]]}"#),
                in: .payload)
                == Term(elixirText: #"%{entries: [[0, "localStorage", %{a: "[FILTERED]"}], [5, "filter", %{b: "y"}]]}"#)
        )
    }

    @Test("An integer that is a card's number is redacted, a time is not")
    func integers() throws {
        #expect(try sanitizer.sanitize(.integer(4_111_111_111_111_111), in: .params) == "[REDACTED]")
        for kept in [1_795_395_070_566, 1_700_000_000_000_000_000, 4_111_111_111_111_112, -4_111_111_111_111_111] {
            #expect(try sanitizer.sanitize(.integer(kept), in: .params) == .integer(kept))
        }
    }

    @Test("What only looks like a secret is left as it is")
    func harmless() throws {
        #expect(HarmlessValues.names.count + HarmlessValues.texts.count + HarmlessValues.addresses.count >= 300)
        for part in RecordedPart.allCases {
            for name in HarmlessValues.names {
                let map = Term.map(TermMap([TermMap.Pair(.string(name), "x")]))
                #expect(try sanitizer.sanitize(map, in: part) == map, "\(name)")
            }
            for text in HarmlessValues.texts + HarmlessValues.addresses + HarmlessValues.names {
                #expect(try sanitizer.sanitize(.string(text), in: part).text == text)
                #expect(try sanitizer.sanitize(.map(["a": .string(text)]), in: part) == .map(["a": .string(text)]))
            }
        }
        for address in HarmlessValues.addresses { #expect(try sanitizer.sanitize(url: address) == address) }
    }

    @Test("A sanitizer without rules of ours keeps what it does not name")
    func ownRules() throws {
        var rules = DefaultSanitizer.Rules()
        (rules.sensitiveWords, rules.sensitiveLastWords, rules.sensitiveQueryKeys) = (["blood_type"], ["rh"], ["z"])
        let sanitizer = DefaultSanitizer(rules)
        #expect(
            try sanitizer.sanitize(
                Term(elixirText: #"%{password: 1, bloodType: 2, user_rh: 3, rhino: 4}"#), in: .assigns)
                == Term(elixirText: #"%{password: 1, bloodType: "[FILTERED]", user_rh: "[FILTERED]", rhino: 4}"#))
        #expect(try sanitizer.sanitize(url: "/?code=1&z=2") == "/?code=1&z=[FILTERED]")
    }

    private func isLeft(_ term: Term) -> Bool {
        // `elixirText` writes charlists as text, in which `Zq001` stands as it is.
        term.elixirText.contains(secret) || term.external.ranges(of: Array(secret.utf8)).isEmpty == false
    }
}
