import GzipMembers
import HTTPTypes
import Hashing
import Hummingbird
import NIOCore

/// The files of `Web` as browsers get them.
struct Assets: Sendable {
    private struct Asset: Sendable {
        var type: String
        var bytes: ByteBuffer
        /// The same, compressed.
        var compressed: ByteBuffer?
    }

    /// All of them, compressed when they are first asked for.
    static let shared = Assets(EmbeddedFile.all)

    /// What the files' content comes to: addresses have it, so that a browser may keep a file for ever.
    let hash: String
    private var assets: [String: Asset] = [:]

    private static let types = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "html": "text/html; charset=utf-8", "ico": "image/x-icon", "png": "image/png", "woff2": "font/woff2",
    ]

    private init(_ files: [EmbeddedFile]) {
        var sum = SHA256()
        let encoder = try? MemberEncoder(level: 9)
        for file in files {
            guard let ending = file.name.split(separator: ".").last, let type = Assets.types[String(ending)] else {
                continue
            }
            sum.update(Array(file.name.utf8) + [0])
            sum.update(file.bytes)
            var compressed: [UInt8] = []
            try? encoder?.encode(file.bytes.span, appendingTo: &compressed) { _ in MemberHeader() }
            let isWorthIt = !compressed.isEmpty && compressed.count < file.bytes.count
            assets[file.name] = Asset(
                type: type, bytes: ByteBuffer(bytes: file.bytes),
                compressed: isWorthIt ? ByteBuffer(bytes: compressed) : nil)
        }
        hash = sum.digest().prefix(8).map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }

    /// The answer to a request for a file.
    func response(to request: Request, hash: String, name: String) throws(DashboardError) -> Response {
        guard hash == self.hash, let asset = assets[name] else { throw .notFound("no such file") }
        var response = Response(
            status: .ok, headers: [.contentType: asset.type, .cacheControl: "public, max-age=31536000, immutable"])
        guard let compressed = asset.compressed else {
            response.body = ResponseBody(byteBuffer: asset.bytes)
            return response
        }
        response.headers[.vary] = "Accept-Encoding"
        if Assets.takesGzip(request) {
            response.headers[.contentEncoding] = "gzip"
            response.body = ResponseBody(byteBuffer: compressed)
        } else {
            response.body = ResponseBody(byteBuffer: asset.bytes)
        }
        return response
    }

    private static func takesGzip(_ request: Request) -> Bool {
        (request.headers[.acceptEncoding] ?? "").split(separator: ",").contains { coding in
            let parts = coding.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            guard parts.first == "gzip" || parts.first == "*" else { return false }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            return quality > 0
        }
    }
}
