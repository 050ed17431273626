/// Names of keys whose values are nobody's business, told by the words in them.
struct SensitiveNames: Sendable {
    /// What names contain, by its first byte.
    private let parts: [[[UInt8]]]
    private let lastWords: Set<[UInt8]>
    private let allowed: Set<String>

    /// Creates a list.
    ///
    /// - Parameters:
    ///   - words: what a name contains; `_` in it stands for a separator, the start of an upper-case word, or nothing.
    ///   - lastWords: the word that a name is or ends with.
    ///   - allowed: names that are not sensitive whatever they contain.
    init(containing words: [String], endingWith lastWords: [String] = [], except allowed: Set<String>) {
        var parts = [[[UInt8]]](repeating: [], count: 256)
        for letters in words.map({ FoldedName($0).letters }) {
            if let first = letters.first { parts[Int(first)].append(letters) }
        }
        self.parts = parts
        self.lastWords = Set(lastWords.map { FoldedName($0).letters })
        self.allowed = Set(allowed.map { $0.lowercased() })
    }

    /// Whether the value under a name is sensitive.
    func contains(_ name: String) -> Bool {
        let folded = FoldedName(name)
        guard hasPart(folded, atEnd: false) || endsWithWord(folded) else { return false }
        return allowed.isEmpty || !allowed.contains(name.lowercased())
    }

    /// Whether words that stand before a value name something sensitive, such as `Your API key`: at their end.
    func contains(phrase: String) -> Bool {
        hasPart(FoldedName(phrase), atEnd: true) && !allowed.contains(phrase.lowercased())
    }

    private func hasPart(_ name: FoldedName, atEnd: Bool) -> Bool {
        let letters = name.letters
        for start in letters.indices {
            for part in parts[Int(letters[start])] where SensitiveNames.has(part, in: letters, at: start) {
                let end = start + part.count
                if atEnd, !SensitiveNames.ends(name, after: end) { continue }
                // What looks like one word may be parts of two: `compass_word`, `access_keyboard`.
                if name.hasWordStart(within: start..<end) {
                    guard name.isWordStart(start), name.isWordEnd(end) else { continue }
                }
                guard !SensitiveNames.harmless.contains(where: { SensitiveNames.has($0, in: letters, at: start) })
                else {
                    continue
                }
                return true
            }
        }
        return false
    }

    /// Whether a name ends there, with an `s`, or with a word that says the same: `Social security number`.
    private static func ends(_ name: FoldedName, after end: Int) -> Bool {
        let rest = name.letters[end...]
        return rest.isEmpty || rest == [UInt8(ascii: "s")] || companions.contains(Array(rest))
    }

    /// Whether the last word is one of ours, but for words that go with it: of `pin_code` and `otp_2` as well.
    private func endsWithWord(_ name: FoldedName) -> Bool {
        guard !lastWords.isEmpty else { return false }
        for word in name.words.reversed() {
            let letters = Array(name.letters[word])
            if lastWords.contains(letters) { return true }
            guard SensitiveNames.companions.contains(letters) else { return false }
        }
        return false
    }

    private static func has(_ part: [UInt8], in name: [UInt8], at start: Int) -> Bool {
        guard start + part.count <= name.count else { return false }
        for index in part.indices where name[start + index] != part[index] { return false }
        return true
    }

    /// Words that only start like sensitive ones.
    private static let harmless = ["secretar", "tokeniz", "tokenis"].map { Array($0.utf8) }

    /// Words that may follow a sensitive one and say the same.
    private static let companions = Set(
        [
            "code", "number", "no", "value", "header", "string", "confirmation", "confirm", "repeat", "again", "new",
            "old",
            "current", "digits", "input", "field", "plain", "raw", "hex", "key",
        ].map { Array($0.utf8) })
}

extension FoldedName {
    fileprivate func isWordStart(_ position: Int) -> Bool { starts.contains(position) }

    /// Whether a word starts inside the range.
    fileprivate func hasWordStart(within range: Range<Int>) -> Bool {
        starts.contains { $0 > range.lowerBound && $0 < range.upperBound }
    }

    /// Whether a word ends at the position, or with an `s` after it.
    fileprivate func isWordEnd(_ position: Int) -> Bool {
        func isEnd(_ position: Int) -> Bool { position == letters.count || isWordStart(position) }
        return isEnd(position) || letters[position] == UInt8(ascii: "s") && isEnd(position + 1)
    }
}

// MARK: - Our own

extension SensitiveNames {
    /// What names contain whose values are secret, in the languages that forms and databases are in.
    static let words = [
        // What lets somebody in.
        "password", "passwd", "passphrase", "passcode", "pass_word", "pass_phrase", "token", "secret", "credential",
        "api_key", "private_key", "access_key", "secret_key", "encryption_key", "decryption_key", "signing_key",
        "ssh_key",
        "license_key", "licence_key", "master_key", "shared_key", "account_key", "service_key", "deploy_key",
        "recovery_key", "session_key", "host_key", "hmac_key", "wallet_key", "app_key", "session_id", "sessid",
        "live_socket_id", "one_time", "recovery_code", "backup_code", "verification_code", "security_code",
        "access_code",
        "login_code", "sms_code", "reset_code", "activation_code", "magic_link", "reset_link", "login_link",
        "reset_url",
        "signed_url", "seed_phrase", "recovery_phrase", "mnemonic", "saml_response",
        // What connects to something.
        "connection_string", "conn_str", "database_url", "db_url", "redis_url", "amqp_url", "mongo_url", "mongodb_uri",
        "smtp_url", "webhook_url",
        // What only its owner knows.
        "security_answer", "security_question", "maiden_name", "credit_card", "debit_card", "card_number",
        "account_number", "bank_account", "routing_number", "sort_code", "social_security", "national_id",
        "identity_number", "passport_number", "passport_no", "driver_license", "drivers_license", "driving_licence",
        "tax_id", "tax_number",
        "date_of_birth", "birth_date",
        // The same in other languages.
        "passwort", "kennwort", "zugangsdaten", "geheim", "privater_schlüssel", "kreditkarte",
        "kartennummer", "kontonummer", "bankverbindung", "sozialversicherungsnummer", "steuernummer", "geburtsdatum",
        "mot_de_passe", "code_secret", "clé_privée", "clé_api", "carte_bancaire", "carte_de_crédit", "numéro_de_carte",
        "sécurité_sociale", "date_de_naissance", "contraseña", "clave_privada", "clave_secreta", "clave_de_acceso",
        "tarjeta_de_crédito", "número_de_tarjeta", "fecha_de_nacimiento", "senha", "palavra_passe", "palavra_chave",
        "segredo", "cartão_de_crédito", "parola_d_ordine", "segreto", "carta_di_credito", "codice_fiscale",
        "wachtwoord",
        "lösenord", "adgangskode", "kodeord", "passord", "salasana", "hasło", "heslo", "jelszó", "parolă",
        "şifre", "geslo", "zaporka", "lozinka", "slaptažodis", "parool", "kata_sandi", "mật_khẩu", "пароль", "парола",
        "лозинка", "секрет", "密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호", "암호", "รหัสผ่าน", "סיסמה", "סיסמא",
        "كلمة_المرور", "كلمة_السر", "رمز_عبور", "κωδικός", "पासवर्ड", "গোপন", "personnummer", "rodné_číslo", "aadhaar",
    ]

    /// Words that names end with whose values are secret; inside longer names they mean something else.
    static let lastWords = [
        "pwd", "passwd", "pass", "psw", "pw", "pin", "puk", "tan", "otp", "totp", "hotp", "mfa", "tfa", "cvv", "cvc",
        "csc",
        "ccv", "cc", "ccnum", "ssn", "jwt", "jws", "jwe", "tok", "auth", "authorization", "bearer", "cookie", "cookies",
        "csrf", "xsrf", "iban", "ibans", "otps", "salt", "nonce", "signature", "hmac", "webhook", "dsn", "dob",
        "birthdate",
        "passport", "psk", "pem", "sid", "mdp", "clave", "parola", "jeton", "гасло", "cpf", "curp", "bsn",
        "pesel", "dni", "itin",
    ]

    /// Keys of addresses whose values are secret there, and mean nothing of the kind elsewhere.
    static let queryKeys = [
        "code", "key", "sig", "oobcode", "assertion",
    ]
}
