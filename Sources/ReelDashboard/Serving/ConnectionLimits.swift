import NIOCore
import NIOHTTPTypes
import Synchronization

/// How long a connection of a ``DashboardServer`` may take, and how many there may be, so that nobody who is slow or silent keeps
/// others out.
public struct ConnectionLimits: Hashable, Sendable {
    /// How many connections there may be at a time. More of them wait until one is closed.
    public var most = 1_024
    /// How many connections one address may have, unless it is this machine's own, where a proxy may stand before everybody.
    public var mostOfPeer = 128
    /// How many connections may do nothing. Of more, the one is closed that has done nothing for the longest time.
    public var mostIdle = 512
    /// How long the first request's head may take from the connection's start.
    public var head = Duration.seconds(20)
    /// How long the next request's head may take from the end of the answer before it.
    public var idle = Duration.seconds(60)
    /// How long a request's body may take from its head on.
    public var body = Duration.seconds(20)
    /// How long 64 KiB of an answer may take to be sent.
    public var write = Duration.seconds(30)

    /// Creates the default limits.
    public init() {}

    /// From how many bytes on that wait for a reader nothing more is written, and below how many it goes on.
    static let waterMarks = ChannelOptions.Types.WriteBufferWaterMark(low: 16 << 10, high: 64 << 10)
}

/// The connections of a server.
final class ConnectionTable: Sendable {
    /// What a connection is doing.
    enum Activity {
        /// It waits for a request.
        case idle
        /// It has sent the head of a request that has not been answered to its end.
        case working
    }

    private struct Entry {
        var channel: any Channel
        var peer: String?
        let abandonment = Abandonment()
        /// When it began to wait, counted in steps of everybody's; nil while it works.
        var idleSince: UInt64?
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var peers: [String: Int] = [:]
        var idleCount = 0
        var step: UInt64 = 0
    }

    let limits: ConnectionLimits
    private let state = Mutex(State())

    init(_ limits: ConnectionLimits) { self.limits = limits }

    /// How many connections there are.
    var count: Int { state.withLock { $0.entries.count } }

    /// Takes note of a connection, and closes others that do nothing when there are many. Returns whether it may stay.
    func open(_ channel: any Channel) -> Bool {
        let peer = channel.remoteAddress?.ipAddress.flatMap { Loopback.isLoopback($0) ? nil : $0 }
        let (mayStay, evicted) = state.withLock { state -> (Bool, (any Channel)?) in
            if let peer {
                guard state.peers[peer, default: 0] < limits.mostOfPeer else { return (false, nil) }
                state.peers[peer, default: 0] += 1
            }
            state.step += 1
            state.entries[ObjectIdentifier(channel)] = Entry(channel: channel, peer: peer, idleSince: state.step)
            state.idleCount += 1
            guard state.idleCount > limits.mostIdle else { return (true, nil) }
            let oldest = state.entries.min { ($0.value.idleSince ?? .max) < ($1.value.idleSince ?? .max) }
            return (true, oldest?.value.channel)
        }
        evicted?.close(promise: nil)
        return mayStay
    }

    /// What ends the work for a connection's requests.
    func abandonment(of channel: any Channel) -> Abandonment? {
        state.withLock { $0.entries[ObjectIdentifier(channel)]?.abandonment }
    }

    func set(_ activity: Activity, of channel: any Channel) {
        state.withLock { state in
            guard var entry = state.entries[ObjectIdentifier(channel)] else { return }
            let wasIdle = entry.idleSince != nil
            state.step += 1
            entry.idleSince = activity == .idle ? state.step : nil
            if wasIdle != (activity == .idle) { state.idleCount += wasIdle ? -1 : 1 }
            state.entries[ObjectIdentifier(channel)] = entry
        }
    }

    func close(_ channel: any Channel) {
        let (abandonment, isLast) = state.withLock { state -> (Abandonment?, Bool) in
            guard let entry = state.entries.removeValue(forKey: ObjectIdentifier(channel)) else { return (nil, false) }
            if entry.idleSince != nil { state.idleCount -= 1 }
            if let peer = entry.peer, let count = state.peers[peer] { state.peers[peer] = count > 1 ? count - 1 : nil }
            return (entry.abandonment, state.entries.isEmpty)
        }
        abandonment?.abandon()
        if isLast { FreeMemory.giveBack() }
    }
}

/// Ends a connection that takes longer than it may, at each stage of a request.
final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let table: ConnectionTable
    private var limits: ConnectionLimits { table.limits }
    /// What ends the connection when the head, or the body, of a request is late.
    private var reading: Scheduled<Void>?
    /// What ends it when nobody reads the answer.
    private var writing: Scheduled<Void>?
    private var isReadingBody = false
    private var isAnswering = false

    init(_ table: ConnectionTable) { self.table = table }

    func handlerAdded(context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        begin(context)
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard table.open(context.channel) else { return context.close(promise: nil) }
        _ = context.channel.setOption(.writeBufferWaterMark, value: ConnectionLimits.waterMarks)
        expect(within: limits.head, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end(context) }

    private func end(_ context: ChannelHandlerContext) {
        table.close(context.channel)
        reading?.cancel()
        writing?.cancel()
    }

    private func expect(within time: Duration, _ context: ChannelHandlerContext) {
        reading?.cancel()
        let channel = context.channel
        reading = context.eventLoop.scheduleTask(in: TimeAmount(time)) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            (isReadingBody, isAnswering) = (true, true)
            table.set(.working, of: context.channel)
            expect(within: limits.body, context)
        case .body: break
        case .end:
            isReadingBody = false
            reading?.cancel()
            reading = nil
            waitIfDone(context)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            isAnswering = false
            waitIfDone(context)
        }
        context.write(data, promise: promise)
    }

    /// Waits for the next request when the one before it has been read and answered.
    private func waitIfDone(_ context: ChannelHandlerContext) {
        guard !isAnswering else { return }
        // Who has been answered and still sends is as good as silent.
        table.set(.idle, of: context.channel)
        if !isReadingBody { expect(within: limits.idle, context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Who sends nothing more has gone, though the connection is closed when the answer has been written.
        if let event = event as? ChannelEvent, event == .inputClosed {
            table.abandonment(of: context.channel)?.abandon()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writing?.cancel()
        writing = nil
        if !context.channel.isWritable {
            let channel = context.channel
            writing = context.eventLoop.scheduleTask(in: TimeAmount(limits.write)) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }
}
