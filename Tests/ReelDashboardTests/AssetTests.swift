import Foundation
import ReelDashboard
import Testing

@Suite("The browser's files")
struct AssetTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/ReelDashboard")

    @Test("each file of Web and Pages is part of the program, as it is", arguments: ["Web", "Pages"])
    func embedded(folder: String) throws {
        let folder = Self.sources.appending(path: folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }
        #expect(!names.isEmpty)
        for name in names {
            let file = EmbeddedFile.all.first { $0.name == name }
            #expect(try file?.bytes == Array(Data(contentsOf: folder.appending(path: name))), "\(name)")
        }
    }

    @Test("each template of the dashboard's own can be read")
    func templates() {
        let names = EmbeddedFile.all.map(\.name).filter { $0.hasSuffix(".mustache") }
        #expect(names.count > 4)
        for name in names { #expect(ServerPages.has(String(name.dropLast(".mustache".count))), "\(name)") }
    }

    @Test("a file is kept for ever under its hash, and comes compressed to who takes gzip")
    func served() async throws {
        let css = try #require(EmbeddedFile.all.first { $0.name == "dashboard.css" })
        try await Site.with(at: "reel") { (site) async throws in
            let list = try await site.client.get("/reel/").text
            let link = try #require(list.firstMatch(of: #/href="\.\/(assets\/[^"]*\.css)"/#)).output.1
            let plain = try await site.client.get("/reel/\(link)")
            #expect(plain.body == css.bytes)
            #expect(plain.header("Cache-Control") == "public, max-age=31536000, immutable")
            #expect(plain.header("Content-Type") == "text/css; charset=utf-8")
            for coding in ["gzip", "br, gzip;q=0.5", "*", "GZIP"] {
                let small = try await site.client.get("/reel/\(link)", [("Accept-Encoding", coding)])
                #expect(small.header("Content-Encoding") == "gzip", "\(coding)")
                #expect(small.header("Vary") == "Accept-Encoding")
                #expect(small.body.count < css.bytes.count)
                #expect(small.body.prefix(2) == [0x1F, 0x8B])
            }
            for coding in ["gzip;q=0", "br", "identity", "gzipped"] {
                let whole = try await site.client.get("/reel/\(link)", [("Accept-Encoding", coding)])
                #expect(whole.header("Content-Encoding") == nil, "\(coding)")
                #expect(whole.body == css.bytes)
            }
            let name = try #require(link.split(separator: "/").last)
            #expect(try await site.client.get("/reel/assets/0000000000000000/\(name)").status == 404)
            #expect(try await site.client.get("/reel/\(link)x").status == 404)
            // Templates are no files for browsers.
            let folder = link.dropLast(name.count)
            #expect(try await site.client.get("/reel/\(folder)list.mustache").status == 404)
        }
    }

    @Test("what a browser needs is less than 150 kB over the wire")
    func size() async throws {
        try await Site.with { (site) async throws in
            let list = try await site.client.get("/").text
            let folder = try #require(list.firstMatch(of: #/"\.\/(assets\/[^\/]*\/)/#)).output.1
            var byteCount = 0
            for file in EmbeddedFile.all where !file.name.hasSuffix(".mustache") {
                let reply = try await site.client.get("/\(folder)\(file.name)", [("Accept-Encoding", "gzip")])
                #expect(reply.status == 200, "\(file.name)")
                byteCount += reply.body.count
            }
            #expect(byteCount < 150_000)
        }
    }
}
