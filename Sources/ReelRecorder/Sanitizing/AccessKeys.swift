/// Keys that services give to programs, which start as no word does.
enum AccessKeys {
    /// How such a key starts, and how many bytes follow at the least.
    private struct Form {
        let start: [UInt8]
        let shortest: Int

        init(_ start: String, _ shortest: Int) {
            self.start = Array(start.utf8)
            self.shortest = shortest
        }
    }

    private static let forms: [[Form]] = {
        let all = [
            // Amazon.
            Form("AKIA", 16), Form("ASIA", 16), Form("ABIA", 16), Form("ACCA", 16), Form("AROA", 16), Form("AIDA", 16),
            Form("AGPA", 16), Form("ANPA", 16),
            // GitHub, GitLab.
            Form("ghp_", 20), Form("gho_", 20), Form("ghu_", 20), Form("ghs_", 20), Form("ghr_", 20),
            Form("github_pat_", 20),
            Form("glpat-", 16), Form("glrt-", 16), Form("gldt-", 16), Form("glptt-", 16), Form("glsoat-", 16),
            Form("glcbt-", 16),
            // Slack.
            Form("xoxb-", 10), Form("xoxp-", 10), Form("xoxa-", 10), Form("xoxr-", 10), Form("xoxs-", 10),
            Form("xoxe-", 10),
            Form("xoxe.", 10), Form("xoxc-", 10), Form("xoxd-", 10), Form("xapp-", 10),
            Form("hooks.slack.com/services/", 16),
            // Stripe; what starts with pk_ is public.
            Form("sk_live_", 10), Form("sk_test_", 10), Form("rk_live_", 10), Form("rk_test_", 10), Form("whsec_", 10),
            // Google.
            Form("AIza", 30), Form("ya29.", 20), Form("GOCSPX-", 20),
            // Others.
            Form("npm_", 30), Form("pypi-", 30), Form("rubygems_", 30), Form("dckr_pat_", 20), Form("hf_", 30),
            Form("sk-ant-", 20), Form("sk-proj-", 20), Form("sk-or-", 20), Form("sk-", 32), Form("SG.", 30),
            Form("dop_v1_", 30),
            Form("doo_v1_", 30), Form("dor_v1_", 30), Form("shpat_", 20), Form("shpss_", 20), Form("shpca_", 20),
            Form("shppa_", 20), Form("sq0atp-", 20), Form("sq0csp-", 20), Form("hvs.", 20), Form("hvb.", 20),
            Form("sbp_", 30),
            Form("sntrys_", 20), Form("sntryu_", 20), Form("glsa_", 20), Form("glc_", 30), Form("NRAK-", 20),
            Form("PMAK-", 20), Form("ATATT3", 30), Form("ATCTT3", 30), Form("lin_api_", 20), Form("ntn_", 30),
            Form("dp.pt.", 20), Form("pscale_tkn_", 20), Form("pscale_pw_", 20), Form("dapi", 32), Form("key-", 32),
            Form("EAAA", 40), Form("AGE-SECRET-KEY-", 20), Form("ops_eyJ", 30), Form("rpa_", 30), Form("figd_", 20),
            Form("sk_", 40), Form("HRKU-", 30), Form("fo1_", 30), Form("tskey-", 16), Form("FLWSECK", 20),
        ]
        var forms = [[Form]](repeating: [], count: 256)
        for form in all { forms[Int(form.start[0])].append(form) }
        return forms
    }()

    static func ranges(in text: Span<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var position = 0
        while position < text.count {
            guard position == 0 || !isWord(text[position - 1]) else {
                position += 1
                continue
            }
            let end = end(of: forms[Int(text[position])], in: text, at: position) ?? secretEnd(in: text, at: position)
            if let end { ranges.append(position..<end) }
            position = end ?? position + 1
        }
        return ranges
    }

    private static func end(of forms: [Form], in text: Span<UInt8>, at position: Int) -> Int? {
        for form in forms where starts(form.start, in: text, at: position) {
            var end = position + form.start.count
            while end < text.count, isKey(text[end]) { end += 1 }
            guard end - position >= form.start.count + form.shortest else { continue }
            // Words in such a run are no key: it has digits.
            for index in position + form.start.count..<end where text[index].isASCIIDigit { return end }
        }
        return nil
    }

    private static func starts(_ start: [UInt8], in text: Span<UInt8>, at position: Int) -> Bool {
        guard text.count - position > start.count else { return false }
        for index in start.indices where text[position + index] != start[index] { return false }
        return true
    }

    /// The end of a secret of Amazon's, which has no start of its own: 40 bytes of base64 in which letters of both cases and digits
    /// follow each other as in no path.
    private static func secretEnd(in text: Span<UInt8>, at start: Int) -> Int? {
        var end = start
        var (kinds, changes, slashes, before) = (0, 0, 0, 0)
        while end < text.count, end - start <= 40 {
            let kind = base64Kind(text[end])
            guard kind != 0 else { break }
            kinds |= kind
            if kind != before { changes += 1 }
            if text[end] == UInt8(ascii: "/") { slashes += 1 }
            before = kind
            end += 1
        }
        guard end - start == 40, kinds & 7 == 7, changes >= 12, slashes < 4, text[start] != UInt8(ascii: "/"),
            end == text.count || text[end] != UInt8(ascii: "=") && text[end] != UInt8(ascii: "-")
        else { return nil }
        return end
    }

    /// 1 for a letter in lower case, 2 in upper case, 4 for a digit, 8 for the rest of base64, 0 for anything else.
    private static func base64Kind(_ byte: UInt8) -> Int {
        if byte.isASCIILetter { return 1 }
        if (byte | 0x20).isASCIILetter { return 2 }
        if byte.isASCIIDigit { return 4 }
        return byte == UInt8(ascii: "/") || byte == UInt8(ascii: "+") ? 8 : 0
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (byte | 0x20).isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "_")
    }

    private static func isKey(_ byte: UInt8) -> Bool {
        isWord(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/")
    }
}

/// Private keys in the form of PEM: from `-----BEGIN ... PRIVATE KEY` to what ends them, or to the end.
enum PrivateKeys {
    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)
    private static let word = Array("PRIVATE KEY".utf8)

    static func ranges(in text: Span<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var position = 0
        while position < text.count {
            guard text[position] == begin[0], has(begin, text, at: position) else {
                position += 1
                continue
            }
            // `RSA PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`: the kind is short.
            var start = position + begin.count
            let limit = min(text.count, start + 40)
            while start < limit, !has(word, text, at: start) { start += 1 }
            guard start < limit else {
                position += begin.count
                continue
            }
            var last = start
            while last < text.count, !(text[last] == end[0] && has(end, text, at: last)) { last += 1 }
            if last < text.count {
                last += end.count
                while last < text.count, text[last] >= 32, text[last] != UInt8(ascii: "-") { last += 1 }
                while last < text.count, text[last] == UInt8(ascii: "-") { last += 1 }
            }
            ranges.append(position..<last)
            position = last
        }
        return ranges
    }

    private static func has(_ bytes: [UInt8], _ text: Span<UInt8>, at position: Int) -> Bool {
        guard text.count - position >= bytes.count else { return false }
        for index in bytes.indices where text[position + index] != bytes[index] { return false }
        return true
    }
}
