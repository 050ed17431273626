import HTTPTypes
import Hummingbird
import NIOCore
import Reel
import ReelStore

/// Answers requests for a recording's bytes, whole or in part. Implements RFC 9110 §14.
struct BytesResponse {
    /// How many bytes are read and sent at a time.
    private static let pieceByteCount = 64 << 10

    let content: any StoredContent
    let id: RecordingID

    /// The answer to a request.
    func response(to request: Request, isDownload: Bool) -> Response {
        let byteCount = content.byteCount
        let tag = "\"\(byteCount)\""
        var headers: HTTPFields = [
            .contentType: "application/gzip", .acceptRanges: "bytes", .eTag: tag, .cacheControl: "private, no-cache",
        ]
        if isDownload { headers[.contentDisposition] = "attachment; filename=\"\(id).reel\"" }
        if let known = request.headers[.ifNoneMatch], known.split(separator: ",").contains(where: { $0.trimmed == tag })
        {
            return Response(status: .notModified, headers: headers)
        }
        let isCurrent = request.headers[.ifRange].map { $0 == tag } ?? true
        guard isCurrent, let text = request.headers[.range], let asked = ByteRange(text) else {
            return Response(status: .ok, headers: headers, body: body(0..<byteCount))
        }
        guard let range = asked.resolved(byteCount: byteCount, limit: Routes.mostRangeBytes) else {
            headers[.contentRange] = "bytes */\(byteCount)"
            return Response(status: .rangeNotSatisfiable, headers: headers)
        }
        headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(byteCount)"
        return Response(status: .partialContent, headers: headers, body: body(range))
    }

    private func body(_ range: Range<Int>) -> ResponseBody {
        let content = content
        return ResponseBody(contentLength: range.count) { writer in
            var position = range.lowerBound
            while position < range.upperBound {
                let end = min(position + BytesResponse.pieceByteCount, range.upperBound)
                try await writer.write(ByteBuffer(bytes: try await content.bytes(position..<end)))
                position = end
            }
            try await writer.finish(nil)
        }
    }
}

/// A range that a request asks for.
package enum ByteRange: Hashable {
    /// From a byte to another one, which is part of it, or to the end.
    case from(Int, through: Int?)
    /// So many bytes at the end.
    case last(Int)

    /// Reads a `Range` field with one range; nil when it is none, or several, which counts as no range at all.
    package init?(_ field: String) {
        let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].trimmed.lowercased() == "bytes" else { return nil }
        let ends = parts[1].split(separator: "-", omittingEmptySubsequences: false).map(\.trimmed)
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { 48...57 ~= $0 } }) else { return nil }
        // A number that does not fit is beyond every recording.
        let numbers = ends.map { $0.isEmpty ? nil : Int($0) ?? .max }
        switch (numbers[0], numbers[1]) {
        case (nil, nil): return nil
        case (nil, let count?): self = .last(count)
        case (let first?, let last):
            if let last, last < first { return nil }
            self = .from(first, through: last)
        }
    }

    /// The bytes that are sent: no more than `limit`. Nil when there are none.
    package func resolved(byteCount: Int, limit: Int) -> Range<Int>? {
        let range: Range<Int>
        switch self {
        case .from(let first, let last):
            guard first < byteCount else { return nil }
            range = first..<min(last.map { $0 == .max ? .max : $0 + 1 } ?? byteCount, byteCount)
        case .last(let count):
            guard count > 0, byteCount > 0 else { return nil }
            range = max(byteCount - count, 0)..<byteCount
        }
        return range.prefix(limit)
    }
}

extension Range<Int> {
    /// The first numbers of the range, no more than `count`.
    fileprivate func prefix(_ count: Int) -> Range<Int> { lowerBound..<Swift.min(upperBound, lowerBound + count) }
}

extension StringProtocol {
    /// The text without the blanks around it.
    var trimmed: String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
