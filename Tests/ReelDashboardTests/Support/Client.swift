import NIOCore
import NIOHTTP1
import NIOPosix

/// A client that opens a connection for each request, as real as a browser's.
struct Client: Sendable {
    let port: Int

    /// An answer.
    struct Reply: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        func header(_ name: String) -> String? { headers.first(name: name) }
    }

    typealias Fields = [(String, String)]

    func get(_ path: String, _ fields: Fields = []) async throws -> Reply { try await send(.GET, path, fields) }

    func head(_ path: String, _ fields: Fields = []) async throws -> Reply { try await send(.HEAD, path, fields) }

    func post(_ path: String, _ form: String, _ fields: Fields = []) async throws -> Reply {
        try await send(
            .POST, path, [("Content-Type", "application/x-www-form-urlencoded")] + fields, body: Array(form.utf8))
    }

    func send(_ method: HTTPMethod, _ path: String, _ fields: Fields = [], body: [UInt8] = []) async throws -> Reply {
        try await exchange(method, path, fields, body) { parts in
            var reply = Reply(status: 0, headers: HTTPHeaders(), body: [])
            for try await part in parts {
                switch part {
                case .head(let head):
                    reply.status = Int(head.status.code)
                    reply.headers = head.headers
                case .body(let bytes): reply.body += bytes.readableBytesView
                case .end: return reply
                }
            }
            throw Closed()
        }
    }

    /// The connection was closed before the answer was whole.
    struct Closed: Error {}

    /// Follows server-sent events: what comes from the server is handed to `body` event by event.
    func follow<Result: Sendable>(
        _ path: String, _ body: @Sendable (inout Events) async throws -> Result
    ) async throws -> Result {
        try await exchange(.GET, path, [("Accept", "text/event-stream")], []) { parts in
            var events = Events(parts: parts.makeAsyncIterator())
            return try await body(&events)
        }
    }

    /// Server-sent events; comments are events named `:`.
    struct Events {
        struct Event: Hashable {
            var name: String
            var data: String
        }

        fileprivate var parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator
        private var text = ""
        /// The answer's status, once there is one.
        private(set) var status = 0

        fileprivate init(parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator) {
            self.parts = parts
        }

        /// The next event, or nil at the end of the stream.
        mutating func next() async throws -> Event? {
            while true {
                if let end = text.firstRange(of: "\n\n") {
                    let lines = text[..<end.lowerBound].split(separator: "\n")
                    text.removeSubrange(..<end.upperBound)
                    if lines.first?.hasPrefix(":") == true { return Event(name: ":", data: "") }
                    func field(_ name: String) -> String {
                        lines.first { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) } ?? ""
                    }
                    return Event(name: field("event: "), data: field("data: "))
                }
                switch try await parts.next() {
                case .head(let head): status = Int(head.status.code)
                case .body(let bytes): text += String(buffer: bytes)
                case .end, nil: return nil
                }
            }
        }

        /// The next event that is no comment.
        mutating func nextEvent() async throws -> Event? {
            while let event = try await next() {
                if event.name != ":" { return event }
            }
            return nil
        }
    }

    private func exchange<Result: Sendable>(
        _ method: HTTPMethod, _ path: String, _ fields: Fields, _ body: [UInt8],
        _ receive: @Sendable (NIOAsyncChannelInboundStream<HTTPClientResponsePart>) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var head = HTTPRequestHead(version: .http1_1, method: method, uri: path)
            for (name, value) in fields { head.headers.add(name: name, value: value) }
            if !head.headers.contains(name: "Host") { head.headers.add(name: "Host", value: "127.0.0.1:\(port)") }
            if method == .POST { head.headers.add(name: "Content-Length", value: String(body.count)) }
            try await outbound.write(.head(head))
            if !body.isEmpty { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
            try await outbound.write(.end(nil))
            return try await receive(inbound)
        }
    }

    /// Asks for something, reads nothing of the answer, and returns when the server has closed the connection.
    func stalled(_ path: String) async throws {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port).get()
        try await channel.writeAndFlush(
            ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n"))
        // What is written to a connection that the other end has closed fails, the second time at the latest.
        while (try? await channel.writeAndFlush(ByteBuffer(string: "\r\n"))) != nil { await Task.yield() }
        try? await channel.close()
    }

    /// Sends bytes as they are, and returns what comes back until the connection is closed.
    func raw(_ text: String) async throws -> String {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var answer = ""
            for try await bytes in inbound { answer += String(buffer: bytes) }
            return answer
        }
    }
}
