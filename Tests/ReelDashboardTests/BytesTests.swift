import ExternalTerm
import Reel
import ReelDashboard
import ReelStore
import ReelStoreConformance
import Testing

@Suite("A recording's bytes")
struct BytesTests {
    @Test("they come as they are, by name when they are to be a file")
    func whole() async throws {
        let session = SampleSession("s-1")
        let expected = try session.bytes()
        try await Site.with([session]) { (site) async throws in
            let reply = try await site.client.get("/recordings/s-1/bytes")
            #expect(reply.status == 200)
            #expect(reply.body == expected)
            #expect(reply.header("Accept-Ranges") == "bytes")
            #expect(reply.header("Content-Type") == "application/gzip")
            #expect(reply.header("Content-Encoding") == nil)
            let file = try await site.client.get("/recordings/s-1/bytes?download")
            #expect(file.header("Content-Disposition") == "attachment; filename=\"s-1.reel\"")
            #expect(file.body == expected)
            let head = try await site.client.head("/recordings/s-1/bytes")
            #expect(head.header("Content-Length") == String(expected.count))
        }
    }

    @Test("a range is what RFC 9110 says it is")
    func ranges() async throws {
        let session = SampleSession("s-1")
        let bytes = try session.bytes()
        let count = bytes.count
        let last = count - 1
        let cases: [(range: String, status: Int, expected: Range<Int>)] = [
            ("bytes=0-0", 206, 0..<1), ("bytes=0-9", 206, 0..<10), ("bytes=5-", 206, 5..<count),
            ("bytes=-7", 206, (count - 7)..<count), ("bytes=-1000000", 206, 0..<count),
            ("bytes=\(last)-\(last)", 206, last..<count), ("bytes=10-99999999", 206, 10..<count),
            ("bytes=10-99999999999999999999999", 206, 10..<count), ("BYTES=1-2", 206, 1..<3),
            ("bytes = 1 - 2", 206, 1..<3), ("bytes=\(count)-", 416, 0..<0), ("bytes=\(count)-\(count + 5)", 416, 0..<0),
            ("bytes=99999999999999999999999-", 416, 0..<0), ("bytes=-0", 416, 0..<0), ("bytes=9-5", 200, 0..<count),
            ("bytes=-", 200, 0..<count), ("bytes=0-1,4-5", 200, 0..<count), ("bytes=a-b", 200, 0..<count),
            ("bytes=--5", 200, 0..<count), ("lines=0-5", 200, 0..<count), ("bytes", 200, 0..<count),
            ("", 200, 0..<count),
        ]
        try await Site.with([session]) { (site) async throws in
            for (range, status, expected) in cases {
                let reply = try await site.client.get("/recordings/s-1/bytes", [("Range", range)])
                #expect(reply.status == status, "\(range)")
                if status == 416 {
                    #expect(reply.header("Content-Range") == "bytes */\(count)", "\(range)")
                } else {
                    #expect(reply.body == Array(bytes[expected]), "\(range)")
                }
                if status == 206 {
                    let field = "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(count)"
                    #expect(reply.header("Content-Range") == field, "\(range)")
                }
            }
        }
    }

    @Test("a range is answered with no more than 8 MiB, and the answer says so")
    func limit() {
        let limit = Routes.mostRangeBytes
        #expect(limit == 8 << 20)
        #expect(ByteRange("bytes=5-")?.resolved(byteCount: 1 << 40, limit: limit) == 5..<(5 + limit))
        #expect(ByteRange("bytes=0-99999999")?.resolved(byteCount: 1 << 40, limit: limit) == 0..<limit)
        #expect(ByteRange("bytes=-99999999")?.resolved(byteCount: 1 << 40, limit: limit)?.count == limit)
        #expect(ByteRange("bytes=9223372036854775806-9223372036854775807")?.resolved(byteCount: 5, limit: limit) == nil)
        #expect(
            ByteRange("bytes=4-9223372036854775807")?.resolved(byteCount: 5, limit: limit) == 4..<5)
    }

    @Test("a recording of more than the limit is read range by range, as a player does")
    func large() async throws {
        var random = SeededNumbers(seed: 3)
        let noise = (0..<(10 << 20)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let bytes = try Recordings.bytes(view: "Shop", assigns: ["noise": .binary(noise)])
        try await Site.with { (site) async throws in
            try await site.store.put(bytes, as: RecordingID("r"))
            var read: [UInt8] = []
            while read.count < bytes.count {
                let reply = try await site.client.get("/recordings/r/bytes", [("Range", "bytes=\(read.count)-")])
                #expect(reply.status == 206)
                #expect(reply.body.count <= Routes.mostRangeBytes)
                read += reply.body
                guard !reply.body.isEmpty else { break }
            }
            #expect(read == bytes)
            let whole = try await site.client.get("/recordings/r/bytes")
            #expect(whole.body == bytes)
        }
    }

    @Test("a running recording's length is its tag, and what has been read of it stays as it grows")
    func growing() async throws {
        let pieces = try SampleSession("s-1", eventsPerMember: 3).pieces()
        try await Site.with { (site) async throws in
            let id = try RecordingID("s-1")
            try await site.store.append(pieces[0], to: id, at: 0)
            let first = try await site.client.get("/recordings/s-1/bytes", [("Range", "bytes=0-")])
            let tag = try #require(first.header("ETag"))
            #expect(tag == "\"\(pieces[0].count)\"")
            let same = try await site.client.get("/recordings/s-1/bytes", [("If-None-Match", "\"x\", \(tag)")])
            #expect(same.status == 304)
            #expect(same.body.isEmpty)
            try await site.store.append(pieces[1], to: id, at: pieces[0].count)
            let rest = try await site.client.get(
                "/recordings/s-1/bytes", [("Range", "bytes=\(pieces[0].count)-"), ("If-None-Match", tag)])
            #expect(rest.status == 206)
            #expect(first.body + rest.body == pieces[0] + pieces[1])
            let changed = try await site.client.get(
                "/recordings/s-1/bytes", [("Range", "bytes=0-9"), ("If-Range", tag)])
            #expect(changed.status == 200)
            let current = try #require(changed.header("ETag"))
            let part = try await site.client.get(
                "/recordings/s-1/bytes", [("Range", "bytes=0-9"), ("If-Range", current)])
            #expect(part.status == 206)
        }
    }

    @Test("an id that is none, or is not there, is not found", arguments: ["nothing", "..%2Fx", "%00", "a%2Fb", "é"])
    func missing(id: String) async throws {
        try await Site.with([SampleSession("s-1")]) { (site) async throws in
            for path in ["", "/bytes", "/live", "/page?event=0", "/state?event=0", "/delete"] {
                let reply = try await site.client.get("/recordings/\(id.formEncoded)\(path)")
                #expect(reply.status == 404, "\(path)")
            }
        }
    }
}
