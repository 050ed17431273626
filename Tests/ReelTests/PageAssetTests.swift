import ExternalTerm
import Foundation
import Reel
import SystemPackage
import TestPrograms
import Testing

/// The files that pages show: Spec/pages.md §8.4.
@Suite("The assets of pages")
struct PageAssetTests {
    private static func asset(_ href: String, _ content: [UInt8], type: String = "text/css") -> Term {
        .map(["content": .binary(content), "href": .string(href), "type": .string(type)])
    }

    private static func file(_ assets: [Term], page: String = "") throws -> RecordingFile {
        let bytes = try recording(Header(fields: ["url": "https://shop.example:4000/list/cart?page=1"])) { writer in
            for asset in assets { try writer.append(offset: 0, kind: "page_asset", payload: asset) }
            try writer.append(offset: 0, kind: "page_join", payload: .map(["id": "v", "tree": .string(page)]))
            try writer.finish()
        }
        return try RecordingFile(MemorySource(bytes))
    }

    @Test("A reader keeps 16 MiB of them: what goes beyond is passed over, and all after it")
    func most() throws {
        let part = [UInt8](repeating: 32, count: 4 << 20)
        let assets = ["/1", "/2", "/3"].map { Self.asset($0, part) }
        let last = [UInt8](part.dropLast(3))
        let file = try Self.file(
            assets + [
                Self.asset("/4", last), Self.asset("/5", [1, 2, 3]), Self.asset("/6", [4]), Self.asset("/7", []),
            ])
        #expect(try file.pageAssets().recorded.keys.sorted() == ["/1", "/2", "/3", "/4", "/5"])
    }

    /// A folder of static files, and files beside it that no page may have.
    private func withFolder(_ body: (AssetFolder) throws -> Void) throws {
        try inFolder { folder in
            let root = folder.appending(path: "static")
            for path in ["static/assets/sub", "static/.git", "static/folder.png"] {
                try FileManager.default.createDirectory(
                    at: folder.appending(path: path), withIntermediateDirectories: true)
            }
            for path in [
                "assets/app.css", "assets/sub/a b.png", "app.js", "index.html", ".env", ".git/a.png", "a.png", "noname",
                "assets/ü.svg", "../secret.png", "f.woff2", "list/b.gif",
            ] {
                let file = root.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(path.utf8).write(to: file)
            }
            try Data(count: (8 << 20) + 1).write(to: root.appending(path: "large.png"))
            for (link, target) in [("link.png", "../secret.png"), ("inner.png", "a.png"), ("up", "..")] {
                try FileManager.default.createSymbolicLink(
                    atPath: root.appending(path: link).path, withDestinationPath: target)
            }
            _ = try Program.run("mkfifo", root.appending(path: "pipe.png").path)
            try body(AssetFolder(FilePath(root.path)))
        }
    }

    @Test("A folder gives style sheets and images that are regular files in it, and nothing else")
    func folder() throws {
        try withFolder { folder in
            let assets = PageAssets(folder: folder, url: "https://shop.example:4000/list/cart?page=1")
            let found = [
                "/assets/app.css": "assets/app.css", "/assets/app.css?vsn=d#x": "assets/app.css", "/a.png": "a.png",
                "https://shop.example:4000/a.png": "a.png", "HTTP://Shop.example:4000/a.png": "a.png",
                "//shop.example:4000/a.png": "a.png", " /a.png\n": "a.png",
                "/assets/sub/a%20b.png": "assets/sub/a b.png",
                "/assets/sub/a b.png": "assets/sub/a b.png", "/assets/%C3%BC.svg": "assets/ü.svg",
                "b.gif": "list/b.gif",
                "../a.png": "a.png", "./b.gif": "list/b.gif", "/assets/../a.png": "a.png",
                "//shop.example:4000//a.png": "a.png",
            ]
            for (address, content) in found {
                #expect(assets.asset(at: address)?.content == Array(content.utf8), "\(address)")
            }
            for address in [
                "", "/", "?", "#", "/app.js", "/index.html", "/.env", "/.git/a.png", "/noname", "/folder.png",
                "/large.png",
                "/link.png", "/inner.png", "/up/secret.png", "/../secret.png", "/assets/../../secret.png",
                "../../secret.png",
                "/%2e%2e/secret.png", "/assets/%2E%2E/%2e%2e/secret.png", "/..%2fsecret.png", "/..\\secret.png",
                "/a.png%00",
                "/a.png/", "/a.png/b.png", "/%ff.png", "/pipe.png", "/f.woff2", "https://shop.example/a.png",
                "//cdn.example/a.png",
                "https://a@shop.example:4000/a.png", "file:///a.png", "data:image/png,a", "javascript:/a.png",
                "https:/a.png",
                "http:a.png", "/missing.png", "/assets/missing/a.png", "//", "https://", "///a.png",
            ] {
                #expect(assets.asset(at: address) == nil || address == "/a.png/", "\(address)")
            }
        }
        #expect(throws: ReelError.self) { try AssetFolder("/no/such/folder") }
        try inFolder { folder in
            let file = folder.appending(path: "a.png")
            try Data().write(to: file)
            #expect(throws: ReelError.self) { try AssetFolder(FilePath(file.path)) }
        }
    }

    struct Sheet: Sendable, CustomTestStringConvertible {
        var text: String
        /// DATA stands for the data of `a.png`, FONT for that of `f.woff2`; nil when nothing is replaced.
        var expected: String?
        var testDescription: String { text }
    }

    @Test(
        "Fonts and images that a style sheet names are in it; what leads elsewhere and what is imported stay as they are",
        arguments: [
            Sheet(text: "a{b:url(../a.png)}", expected: "a{b:url(\"DATA\")}"),
            Sheet(text: "url( '/a.png' ) URL(\"/a.png?x#y\")x", expected: "url(\"DATA\") url(\"DATA\")x"),
            Sheet(
                text: "@font-face{src:url(/f.woff2)format('woff2')}",
                expected: "@font-face{src:url(\"FONT\")format('woff2')}"),
            Sheet(text: "/* url(/a.png) */ 'url(/a.png)' \"\\\"url(/a.png)\""),
            Sheet(text: "'open\nurl(/a.png)", expected: "'open\nurl(\"DATA\")"),
            Sheet(
                text: "@import url(/a.png); @import \"/x;\" url(/a.png);url(/a.png)",
                expected: "@import url(/a.png); @import \"/x;\" url(/a.png);url(\"DATA\")"),
            Sheet(text: "curl(/a.png) -url(/a.png) url(/app.css) url(https://cdn.example/a.png) url(/missing.png)"),
            Sheet(text: "url(/a\\.png) url('/a.png'x) url(/a.png"), Sheet(text: "url("), Sheet(text: "url('/a.png"),
            Sheet(text: "@import"), Sheet(text: "/*"), Sheet(text: "'\\"), Sheet(text: ""), Sheet(text: "url(data:a)"),
        ])
    func styleSheets(_ sheet: Sheet) throws {
        try withFolder { folder in
            let recorded = ["/assets/x.css": PageAsset(type: "text/css", content: Array(sheet.text.utf8))]
            let assets = PageAssets(recorded: recorded, folder: folder)
            let found = try #require(assets.asset(at: "/assets/x.css"))
            func data(_ name: String, _ type: String) -> String {
                "data:\(type);base64,\(Data(name.utf8).base64EncodedString())"
            }
            let text = String(decoding: found.content, as: UTF8.self)
                .replacing(data("a.png", "image/png"), with: "DATA").replacing(
                    data("f.woff2", "font/woff2"), with: "FONT")
            #expect(text == sheet.expected ?? sheet.text)
        }
    }

    @Test(
        "A safe page holds the style sheets that the recording has, and no others; without a folder nothing is looked for"
    )
    func safe() throws {
        let css = Array("b { color: red }</style><script>".utf8)
        let data = Data(css).base64EncodedString()
        let page = """
            <link rel="stylesheet" href="/a&amp;b.css"><LINK rel='StyleSheet' media=print href=/a&amp;b.css>\
            <link rel=icon href="/a&amp;b.css"><link rel=stylesheet href="/other.css"><img src=/i.png alt=i><img src="/t.png">\
            <img src="data:image/png;base64,\(String(repeating: "A", count: 5_000))"><p title="<img src=/i.png>">
            """
        let png = Self.asset("/i.png", [1], type: "image/png")
        let text = Self.asset("/t.png", [1], type: "text/html;a=\">")
        let file = try Self.file([Self.asset("/a&b.css", css), png, text], page: page)
        let safe = try #require(try file.page(after: 3).written().safeText(with: try file.pageAssets()))
        let body = try #require(safe.range(of: "<div id=\"v\">")?.upperBound)
        #expect(
            safe[body...].replacing("</div></body></html>", with: "")
                == page
                .replacing(
                    "<link rel=\"stylesheet\" href=\"/a&amp;b.css",
                    with: "<link rel=\"stylesheet\" href=\"data:text/css;base64,\(data)"
                )
                .replacing("href=/a&amp;b.css>", with: "href=data:text/css;base64,\(data)>")
                .replacing("/i.png", with: "data:image/png;base64,AQ=="))
        #expect(try file.page(after: 3).written().safeText()?.contains("data:text/css") == false)
    }

    @Test(
        "The addresses of all pages are those that each page shows, wherever events put them",
        arguments: [
            // A value in a tag of a part, changed twice, and one that is put into a text as HTML.
            (
                #"%{0 => "/a.png",1 => "x",s: ["<img src=\"","\" alt=\">\"><p>","</p><link rel=stylesheet href=/s.css>"]}"#,
                [#"%{0 => "/b&amp;c.png"}"#, #"%{1 => "<img src=/raw.png>"}"#, #"%{1 => "y",0 => "/d.png"}"#],
                ["/a.png", "/b&c.png", "/d.png", "/raw.png", "/s.css"]
            ),
            // Several values in one tag, attributes that are a value, and tags that refer to nothing.
            (
                #"%{0 => "1",1 => ".png",2 => " src=\"/e.png\"""#
                    + #",s: ["<img src=\"/","","\"><img",">< img src=/no><p title=\"<img src=/in.png>\">"]}"#,
                [#"%{0 => "2",1 => ".gif"}"#], ["/1.png", "/2.gif", "/e.png", "/in.png"]
            ),
            // Rows, a row more, a component, and a part in the place of a text.
            (
                #"%{0 => %{d: [["/r1.png"],["/r2.png"]],s: ["<img src=",">"]}"#
                    + #",1 => 1,2 => "",s: ["","","",""],c: %{1 => %{0 => "/c1.png",s: ["<img src='","'>"]}}}"#,
                [
                    #"%{0 => %{d: [["/r1.png"],["/r3.png"],["/r4.png"]]}}"#, #"%{c: %{1 => %{0 => "/c2.png"}}}"#,
                    #"%{2 => %{0 => "z",s: ["<img src=/part.png><b>","</b>"]}}"#,
                ],
                ["/c1.png", "/c2.png", "/part.png", "/r1.png", "/r2.png", "/r3.png", "/r4.png"]
            ),
            // Items of a stream.
            (
                #"%{0 => %{d: [["i1","/i1.png"]],s: ["<li id=\"","\"><img src=",">"]"#
                    + #",stream: ["0",[["i1",-1,nil]],[]]},s: ["<ul id=u>","</ul>"]}"#,
                [
                    #"%{0 => %{d: [["i2","/i2.png"]],s: ["<li id=\"","\"><img src=",">"]"#
                        + #",stream: ["0",[["i2",0,nil]],["i1"]]}}"#
                ],
                ["/i1.png", "/i2.png"]
            ),
        ])
    func addresses(tree: String, diffs: [String], expected: [String]) throws {
        let bytes = try recording(Header(fields: [:])) { writer in
            let document: Term = .map([
                "id": "v", "before": "<html><link rel=stylesheet href=/app.css>", "after": "<img src=/after.png>",
                "element": "<div id=v>",
            ])
            try writer.append(offset: 0, kind: "page", payload: document)
            let join: Term = .map(["id": "v", "tree": try Term(elixirText: tree)])
            try writer.append(offset: 0, kind: "page_join", payload: join)
            for diff in diffs {
                let payload: Term = .map(["id": "v", "diff": try Term(elixirText: diff)])
                try writer.append(offset: 0, kind: "page_diff", payload: payload)
            }
            try writer.finish()
        }
        let file = try RecordingFile(MemorySource(bytes))
        #expect(try file.page(after: diffs.count + 1).written().unsureReason == nil)
        #expect(try file.pageAddresses().sorted() == (expected + ["/after.png", "/app.css"]).sorted())
    }
}
