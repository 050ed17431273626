/// Numbers of bank accounts in the international form, which have as many characters as their country says and a checksum.
enum BankAccounts {
    static func ranges(in text: Span<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var position = 0
        while position + 15 <= text.count {
            let isStart =
                isLetter(text[position]) && isLetter(text[position + 1]) && text[position + 2].isASCIIDigit
                && text[position + 3].isASCIIDigit
                && (position == 0 || !isLetter(text[position - 1]) && !text[position - 1].isASCIIDigit)
            if isStart, let end = end(in: text, at: position) {
                ranges.append(position..<end)
                position = end
            } else {
                position += 1
            }
        }
        return ranges
    }

    private static func end(in text: Span<UInt8>, at start: Int) -> Int? {
        let country = [text[start] & 0xDF, text[start + 1] & 0xDF]
        guard let length = lengths[country] else { return nil }
        var characters: [UInt8] = []
        var position = start
        while characters.count < length, position < text.count {
            let byte = text[position]
            if isLetter(byte) || byte.isASCIIDigit {
                characters.append(byte)
            } else {
                let isSeparator = byte == 32 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                guard isSeparator, position > start, text[position - 1] != byte else { return nil }
            }
            position += 1
        }
        guard characters.count == length,
            position == text.count || !isLetter(text[position]) && !text[position].isASCIIDigit
        else { return nil }
        // ISO 7064: the first four characters go last, letters count from 10, and the number is 1 modulo 97.
        var remainder = 0
        for byte in characters[4...] + characters[..<4] {
            let value = byte.isASCIIDigit ? Int(byte) - 48 : Int(byte & 0xDF) - 55
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
        }
        return remainder == 1 ? position : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20).isASCIILetter }

    /// How many characters the numbers of a country have.
    private static let lengths: [[UInt8]: Int] = {
        let all = """
            AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 \
            FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 \
            LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 \
            RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
            """
        var lengths: [[UInt8]: Int] = [:]
        for country in all.split(separator: " ") { lengths[Array(country.utf8.prefix(2))] = Int(country.dropFirst(2)) }
        return lengths
    }()
}

/// Social security numbers of the United States: three, two and four digits with hyphens between them.
enum SocialSecurityNumbers {
    static func ranges(in text: Span<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var position = 0
        while position + 11 <= text.count {
            if isNumber(text, position) {
                ranges.append(position..<position + 11)
                position += 11
            } else {
                position += 1
            }
        }
        return ranges
    }

    private static func isNumber(_ text: Span<UInt8>, _ start: Int) -> Bool {
        for index in 0..<11 {
            let byte = text[start + index]
            guard index == 3 || index == 6 ? byte == UInt8(ascii: "-") : byte.isASCIIDigit else { return false }
        }
        guard start == 0 || !goesOn(text[start - 1]), start + 11 == text.count || !goesOn(text[start + 11]) else {
            return false
        }
        func value(_ range: Range<Int>) -> Int { range.reduce(0) { $0 * 10 + Int(text[start + $1]) - 48 } }
        let area = value(0..<3)
        return area > 0 && area < 900 && area != 666 && value(4..<6) > 0 && value(7..<11) > 0
    }

    private static func goesOn(_ byte: UInt8) -> Bool {
        (byte | 0x20).isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
