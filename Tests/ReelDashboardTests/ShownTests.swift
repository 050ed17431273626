import ExternalTerm
import Reel
import ReelDashboard
import Testing

@Suite("Numbers, times and devices as pages show them")
struct ShownTests {
    @Test(
        "a count has commas",
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"), (.min, "-9,223,372,036,854,775,808"),
        ])
    func counts(number: Int, text: String) { #expect(Shown.count(number) == text) }

    @Test(
        "a size has a unit",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (24_131, "24.1 kB"), (10_449_999, "10.4 MB"),
            (2_000_000_000, "2.0 GB"), (.max, "9,223,372.0 TB"),
        ])
    func sizes(count: Int, text: String) { #expect(Shown.bytes(count) == text) }

    @Test(
        "a duration is short",
        arguments: [
            (0, "0.0 s"), (1_299, "1.2 s"), (59_999, "59.9 s"), (60_000, "1:00"), (65_000, "1:05"),
            (3_723_000, "1:02:03"),
            (.max, "2,562,047,788,015:12:55"),
        ])
    func durations(milliseconds: Int, text: String) { #expect(Shown.duration(milliseconds) == text) }

    @Test(
        "a time is in UTC, and one that no calendar has is a number",
        arguments: [
            (0, "1970-01-01 00:00:00"), (1_700_000_000_250, "2023-11-14 22:13:20"), (-1_000, "1969-12-31 23:59:59"),
            (253_402_300_799_999, "9999-12-31 23:59:59"), (253_402_300_800_000, "253402300800000 ms"),
            (.max, "9223372036854775807 ms"), (.min, "-9223372036854775808 ms"),
        ])
    func times(milliseconds: Int, text: String) { #expect(Shown.date(milliseconds) == text) }

    @Test(
        "a browser is what it says first that only it says",
        arguments: [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
                "Edge on Windows"
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
                "Safari on macOS"
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) CriOS/126.0 Mobile Safari/604.1",
                "Chrome on iPhone"
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
            ("curl/8.5.0", "curl"), ("Something/1.0 that nobody knows at all", "Something/1.0 that nobody know"),
            ("", nil),
        ] as [(String, String?)])
    func browsers(agent: String, name: String?) { #expect(Device.name(userAgent: agent) == name) }

    @Test("a header's device comes before its browser, and that before what the browser calls itself")
    func devices() {
        func name(_ client: TermMap, session: TermMap = [:]) -> String? {
            Device.name(Header(fields: ["client": .map(client), "session": .map(session)]))
        }
        #expect(name(["device": "iPad", "browser": "Safari", "os": "iOS"]) == "iPad")
        #expect(name(["browser": "Safari", "os": "iOS"]) == "Safari on iOS")
        #expect(name(["browser": "Safari"]) == "Safari")
        #expect(name(["user_agent": "curl/8"]) == "curl")
        #expect(name([:], session: ["user_agent": "curl/8"]) == "curl")
        #expect(name(["device": .string(String(repeating: "x", count: 1_000_000))])?.count == 61)
        #expect(name(["device": 5]) == nil)
        #expect(Device.name(Header(fields: ["client": "text"])) == nil)
    }
}
