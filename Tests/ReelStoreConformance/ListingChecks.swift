import ExternalTerm
import Reel
import ReelStore

extension StoreConformance {
    static let listing: [Check] = [
        Check("pages put together are the whole listing, in every order") { stores in
            let store = try await stores.open()
            let all = try await fill(store, with: 90)
            for key in RecordingQuery.Order.Key.allCases {
                for isAscending in [false, true] {
                    let order = RecordingQuery.Order(key, ascending: isAscending)
                    let expected = all.sorted(by: order).map(\.id)
                    for size in [1, 7, 89, 90, 91, 10_000] where size > 1 || key == .connected {
                        let ids = try await store.ids(RecordingQuery(order: order), pageSize: size)
                        try expect(ids, is: expected, "\(key) \(isAscending) by \(size)")
                    }
                }
            }
        },
        Check("a page has what it is asked for, and says whether there is more") { stores in
            let store = try await stores.open()
            let all = try await fill(store, with: 30).sorted(by: .newestFirst)
            let first = try await store.page(RecordingQuery(), limit: 29)
            try expect(first.recordings.count, is: 29)
            try expect(first.next != nil, "no next page")
            let second = try await store.page(RecordingQuery(), after: first.next, limit: 29)
            try expect(second.recordings, is: [all[29]])
            try expect(second.next, is: nil)
            try expect(try await store.page(RecordingQuery(), limit: 30).next, is: nil)
        },
        Check("pages neither skip nor repeat when recordings come and go") { stores in
            let store = try await stores.open()
            let all = try await fill(store, with: 40).sorted(by: .newestFirst)
            let first = try await store.page(RecordingQuery(), limit: 10)
            // One before the place, one after it, and the one that the cursor names.
            for index in [3, 15, 9] { try await store.delete(all[index].id) }
            try await store.keep(SampleSession("new-1", connectedAt: 1_900_000_000_000))
            try await store.keep(SampleSession("new-2", connectedAt: -5))
            var ids = first.recordings.map(\.id)
            var cursor = first.next
            while let next = cursor {
                // As a link keeps it.
                guard let read = RecordingCursor(next.description) else {
                    throw ConformanceFailure(description: "no cursor: \(next)")
                }
                try expect(read, is: next)
                let page = try await store.page(RecordingQuery(), after: read, limit: 10)
                ids += page.recordings.map(\.id)
                cursor = page.next
            }
            let last = try RecordingID("new-2")
            try expect(ids, is: all.map(\.id).filter { $0 != all[15].id } + [last])
        },
        Check("a cursor of another order, and a page of no size, are refused") { stores in
            let store = try await stores.open()
            _ = try await fill(store, with: 5)
            let cursor = try await store.page(RecordingQuery(), limit: 2).next
            try await expectError(.invalidQuery) {
                try await store.page(RecordingQuery(order: .longestFirst), after: cursor, limit: 2)
            }
            for limit in [0, -1, 10_001, .max, .min] {
                try await expectError(.invalidQuery) { try await store.page(RecordingQuery(), limit: limit) }
            }
            for text in ["", "x", "connected~down~1", "connected~down~1~../x", "connected~down~01~a", "id~down~1~a"] {
                try expect(RecordingCursor(text) == nil, "'\(text)' is a cursor")
            }
        },
    ]

    static let querying: [Check] = [
        Check("a query finds what it says, alone and with others") { stores in
            let store = try await stores.open()
            let all = try await fill(store, with: 120)
            let queries = queries(all)
            var matched = 0
            for query in queries {
                let expected = all.filter { isMatch($0, query) }.sorted(by: query.order)
                var found: [StoredRecording] = []
                for try await recording in store.recordings(query, pageSize: 17) { found.append(recording) }
                try expect(found.map(\.id), is: expected.map(\.id), "\(query)")
                for (recording, expected) in zip(found, expected) {
                    try expect(recording.summary, is: expected.summary, "\(recording.id)")
                }
                matched += found.isEmpty ? 0 : 1
            }
            try expect(matched > queries.count / 2, "only \(matched) of \(queries.count) queries found anything")
        },
        Check("text is searched for by the starts of its words") { stores in
            let store = try await stores.open()
            var session = SampleSession("s-1", view: "Shop.CartLive", url: "https://www.shop.example/kasse?id=7")
            session.events.append((100_000, "event", .map(["name": "Größe-ändern"])))
            try await store.keep(session)
            try await store.keep(SampleSession("s-2", view: "Admin", url: nil, events: []))
            for (text, isFound) in [
                ("cart", true), ("cartlive", true), ("CARTL", true), ("shop", true), ("Shop.CartLive", true),
                ("sho example", true), ("hop", false), ("kasse", true), ("id 7", true), ("8", false), ("größe", true),
                ("GRÖSS", false), ("Grö", true), ("ändern save", true), ("save nothing", false), ("-", false),
                ("", true),
                ("inc\" OR \"x", false), ("inc*", true), ("inc'", true), ("NOT inc", false), ("admin", false),
                ("s-1", false),
            ] {
                let ids = try await store.ids(RecordingQuery(text: text)).map(\.text)
                try expect(ids.contains("s-1"), is: isFound, "'\(text)'")
                if text != "" { try expect(ids.contains("s-2"), is: text == "admin", "'\(text)'") }
            }
        },
        Check("words of any letters are found by their starts, in any case") { stores in
            let store = try await stores.open()
            // Among them those that are ASCII, or two letters, in lower case only.
            let letters: [Substring] = "k K \u{212A} i I \u{130} ı ß ẞ é É Σ 7 ٣ - .".split(separator: " ") + [" "]
            var random = SeededNumbers(seed: 11)
            func text(_ counts: ClosedRange<Int>) -> String {
                (0..<Int.random(in: counts, using: &random)).compactMap { _ in letters.randomElement(using: &random) }
                    .joined()
            }
            var all: [StoredRecording] = []
            for index in 0..<40 {
                // Counts and lengths of more than seven bits stand beside the text in some stores.
                var session = SampleSession("w-\(index)", view: text(0...6), url: text(0...200))
                let name = text(1...5)
                session.events = (0..<(index % 4 == 0 ? 200 : 1)).map { ($0, "event", .map(["name": .string(name)])) }
                if let recording = try await store.keep(session) { all.append(recording) }
            }
            var matched = 0
            for _ in 0..<120 {
                let query = RecordingQuery(text: text(1...4))
                let expected = all.filter { isMatch($0, query) }.sorted(by: query.order).map(\.id)
                try expect(try await store.ids(query), is: expected, "'\(query.text ?? "")'")
                matched += expected.isEmpty || expected.count == all.count ? 0 : 1
            }
            try expect(matched > 40, "only \(matched) queries told recordings apart")
        },
        Check("queries that attack find nothing else") { stores in
            let store = try await stores.open()
            try await store.keep(SampleSession("plain"))
            for (index, text) in hostileTexts.enumerated() {
                var session = SampleSession("t\(index)", view: text, url: text)
                session.events = [(0, "event", .map(["name": .string(text)]))]
                try await store.keep(session)
            }
            var all: [StoredRecording] = []
            for try await recording in store.recordings() { all.append(recording) }
            for text in hostileTexts + ["inc", "x' OR '1'='1"] {
                for query in [
                    RecordingQuery(view: text), RecordingQuery(url: text), RecordingQuery(eventNames: [text]),
                    RecordingQuery(text: text), RecordingQuery(idPrefix: text),
                    RecordingQuery(text: text, view: text, url: text, eventNames: [text]),
                ] {
                    let expected = all.filter { isMatch($0, query) }.sorted(by: query.order)
                    try expect(try await store.ids(query), is: expected.map(\.id), "\(query)")
                }
            }
        },
    ]

    /// Keeps random sessions, and returns what the store says of them.
    static func fill(_ store: any RecordingStore, with count: Int) async throws -> [StoredRecording] {
        var recordings: [StoredRecording] = []
        for seed in 0..<count {
            if let recording = try await store.keep(SampleSession.random(seed)) { recordings.append(recording) }
        }
        return recordings
    }

    /// What the rule says, by another way than any store's.
    static func isMatch(_ recording: StoredRecording, _ query: RecordingQuery) -> Bool {
        func lies(_ value: Int?, in bounds: RecordingQuery.Bounds) -> Bool {
            guard bounds.lower != nil || bounds.upper != nil else { return true }
            guard let value else { return false }
            return value >= bounds.lower ?? .min && value <= bounds.upper ?? .max
        }
        func same(_ left: String, _ right: String) -> Bool { Array(left.utf8) == Array(right.utf8) }
        func words(_ text: String) -> [String] {
            text.unicodeScalars.split { !($0.properties.isAlphabetic || $0.properties.numericType != nil) }
                .map { String($0).lowercased() }
        }
        if let view = query.view { guard let other = recording.view, same(view, other) else { return false } }
        if let url = query.url {
            guard let other = recording.url else { return false }
            let bytes = Array(other.utf8)
            let wanted = Array(url.utf8)
            guard wanted.isEmpty || bytes.indices.contains(where: { bytes[$0...].starts(with: wanted) }) else {
                return false
            }
        }
        for name in query.eventNames {
            guard recording.summary.names.keys.contains(where: { same($0, name) }) else { return false }
        }
        if let prefix = query.idPrefix, !Array(recording.id.text.utf8).starts(with: Array(prefix.utf8)) { return false }
        if let finished = query.isFinished, finished != recording.isFinished { return false }
        if let text = query.text, !text.isEmpty {
            let there = ([recording.view, recording.url].compactMap { $0 } + recording.summary.names.keys)
                .flatMap(words)
            let wanted = words(text)
            // No word is longer than what databases index.
            guard !wanted.isEmpty, wanted.allSatisfy({ $0.unicodeScalars.count <= 255 }),
                wanted.allSatisfy({ word in there.contains { Array($0.utf8).starts(with: Array(word.utf8)) } })
            else { return false }
        }
        return lies(recording.connectedAt, in: query.connectedAt) && lies(recording.duration, in: query.duration)
            && lies(recording.byteCount, in: query.byteCount) && lies(recording.eventCount, in: query.eventCount)
            && lies(recording.errorCount, in: query.errorCount) && lies(recording.savedAt, in: query.savedAt)
    }

    /// One query of each sort, and combinations of them.
    private static func queries(_ all: [StoredRecording]) -> [RecordingQuery] {
        let day = 1_700_000_000_000
        let single = [
            RecordingQuery(), RecordingQuery(text: "shop"), RecordingQuery(text: "save order"),
            RecordingQuery(text: "fußl"), RecordingQuery(view: "Shop.CartLive"), RecordingQuery(view: "shop.cartlive"),
            RecordingQuery(view: "a%b_c'd\"e"), RecordingQuery(url: "inc/"), RecordingQuery(url: "%20"),
            RecordingQuery(url: "größe"), RecordingQuery(url: ""), RecordingQuery(eventNames: ["save"]),
            RecordingQuery(eventNames: ["save", "größe"]), RecordingQuery(eventNames: ["Save"]),
            RecordingQuery(connectedAt: .from(day)), RecordingQuery(connectedAt: .through(day - 1)),
            RecordingQuery(connectedAt: .between(day, day)), RecordingQuery(duration: .from(2_000)),
            RecordingQuery(duration: .through(0)), RecordingQuery(byteCount: .from(400)),
            RecordingQuery(byteCount: .between(300, 350)), RecordingQuery(eventCount: .through(3)),
            RecordingQuery(errorCount: .from(1)), RecordingQuery(errorCount: .through(0)),
            RecordingQuery(idPrefix: "r1"),
            RecordingQuery(idPrefix: "R1"), RecordingQuery(idPrefix: "_"), RecordingQuery(idPrefix: "%"),
            RecordingQuery(isFinished: true), RecordingQuery(isFinished: false),
            RecordingQuery(savedAt: .from(all[0].savedAt)), RecordingQuery(savedAt: .through(0)),
            RecordingQuery(connectedAt: .between(5, 4)),
        ]
        return single + [
            RecordingQuery(text: "shop", errorCount: .from(1), isFinished: true, order: .longestFirst),
            RecordingQuery(view: "Shop.ChatLive", eventNames: ["save"], duration: .from(500), order: .mostErrorsFirst),
            RecordingQuery(text: "sav", url: "shop", connectedAt: .from(day), idPrefix: "r", order: .largestFirst),
            RecordingQuery(eventCount: .between(2, 9), isFinished: false, order: .oldestFirst),
        ]
    }
}

extension [StoredRecording] {
    /// The recordings as a listing has them.
    func sorted(by order: RecordingQuery.Order) -> [StoredRecording] {
        sorted { (left: StoredRecording, right: StoredRecording) -> Bool in
            let values = [left, right].map { recording -> Int in
                switch order.key {
                case .connected: recording.connectedAt ?? 0
                case .duration: recording.duration
                case .size: recording.byteCount
                case .events: recording.eventCount
                case .errors: recording.errorCount
                case .saved: recording.savedAt
                }
            }
            let isBefore =
                values[0] == values[1]
                ? left.id.text.utf8.lexicographicallyPrecedes(right.id.text.utf8) : values[0] < values[1]
            return left.id != right.id && isBefore == order.isAscending
        }
    }
}
