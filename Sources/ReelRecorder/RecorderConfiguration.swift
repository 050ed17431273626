/// How a recorder records.
///
/// ```swift
/// var configuration = RecorderConfiguration()
/// configuration.memoryByteCount = 64 << 20
/// configuration.policy.maxEvents = 2_000
/// configuration.policy.tailSampling = TailSampling(share: 0.1, slowerThan: .seconds(2))
/// ```
///
/// A recorder checks it when it is created, and says which key has no sensible value.
public struct RecorderConfiguration: Hashable, Sendable {
    /// What holds for a session, unless it is given a policy of its own.
    public var policy = RecordingPolicy()
    /// The most bytes that all running sessions together may keep in memory. What goes beyond it is dropped and counted.
    public var memoryByteCount = 256 << 20
    /// How many sessions are stored at the same time, which mostly is waiting for the store: 1 to 256.
    public var workerCount = 8
    /// How many threads compress: 1 to 64. Each takes about 1 MiB.
    public var encoderCount = 2
    /// zlib's level for the members of a running session, 0 to 9.
    public var level = 6
    /// Whether a recording is rewritten to its smallest form when it has ended.
    public var compacts = true
    /// How long a shutdown may take to store what is left.
    public var graceTime: Duration = .seconds(20)
    /// Whether unfinished recordings of processes that are gone are finished at the start, for the reason `interrupted`.
    public var finishesInterrupted = true
    /// How long an unfinished recording has not grown before it counts as interrupted, where the process that records it cannot be
    /// asked for: on another machine, or in another container.
    public var abandonedAfter: Duration = .seconds(3_600)

    /// Creates the default configuration.
    public init() {}
}

/// What holds for one session.
public struct RecordingPolicy: Hashable, Sendable {
    /// The most events of a recording; those that come after them are counted as dropped, which one more event, a `gap`, tells at
    /// the end. 1 or more.
    public var maxEvents = 10_000
    /// Whether a session in which nobody did anything is discarded: one without an event and with one `params` at the most. One that
    /// holds an error or a `gap` is kept all the same.
    public var discardsWithoutInteraction = true
    /// The share of sessions that is recorded, decided when they start: 0 to 1.
    public var headSampling = 1.0
    /// Which of the recorded sessions are kept, decided when they end; nil keeps all.
    public var tailSampling: TailSampling?
    /// When events are written out.
    public var flush = FlushPolicy()
    /// What is done when storing fails.
    public var retry = RetryPolicy()

    /// Creates the default policy.
    public init() {}
}

/// Which sessions are kept when they have ended.
public struct TailSampling: Hashable, Sendable {
    /// The share that is kept of the sessions without errors that were not slow: 0 to 1.
    public var share: Double
    /// A session is kept when the render that followed an event or a navigation came later than this after it; nil: only errors count.
    public var slowerThan: Duration?

    /// Creates a sampling.
    public init(share: Double, slowerThan: Duration? = nil) {
        self.share = share
        self.slowerThan = slowerThan
    }
}

/// When a running session's events are written out as a member: as soon as one of these is reached.
public struct FlushPolicy: Hashable, Sendable {
    /// How many events wait at the most. 1 or more.
    public var events = 200
    /// How many bytes they have at the most, encoded. 1 to 32 MiB.
    public var bytes = 256 << 10
    /// How long an event waits at the most. 1 ms or more.
    public var interval: Duration = .seconds(5)

    /// Creates the default policy.
    public init() {}
}

/// What is done when storing fails: it is tried again, with a delay that doubles each time.
public struct RetryPolicy: Hashable, Sendable {
    /// How often storing is tried before the session is given up. 1 or more.
    public var attempts = 8
    /// How long to wait before the second attempt.
    public var delay: Duration = .milliseconds(100)
    /// The longest wait between two attempts.
    public var longestDelay: Duration = .seconds(10)

    /// Creates the default policy.
    public init() {}
}

/// A key of a configuration that has no sensible value.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key, as a path: `policy.flush.events`.
    public var key: String
    /// What its value has to be, and is.
    public var reason: String

    public var description: String { "\(key): \(reason)" }
}

extension RecorderConfiguration {
    /// Checks all keys.
    ///
    /// - Throws: ``ConfigurationError`` that names the first key whose value makes no sense.
    public func validate() throws(ConfigurationError) {
        try policy.validate(under: "policy.")
        try require(memoryByteCount >= 1 << 20, "memoryByteCount", "1 MiB (1048576) or more", memoryByteCount)
        try require(1...256 ~= workerCount, "workerCount", "1 to 256", workerCount)
        try require(1...64 ~= encoderCount, "encoderCount", "1 to 64", encoderCount)
        try require(0...9 ~= level, "level", "0 to 9", level)
        try require(graceTime >= .zero, "graceTime", "0 or more", graceTime)
        try require(abandonedAfter > .zero, "abandonedAfter", "more than 0", abandonedAfter)
    }
}

extension RecordingPolicy {
    /// Checks all keys.
    ///
    /// - Throws: ``ConfigurationError`` that names the first key whose value makes no sense.
    public func validate() throws(ConfigurationError) { try validate(under: "") }

    func validate(under path: String) throws(ConfigurationError) {
        try require(maxEvents >= 1, path + "maxEvents", "1 or more", maxEvents)
        try require(0...1 ~= headSampling, path + "headSampling", "a share from 0 to 1", headSampling)
        if let tailSampling {
            try require(
                0...1 ~= tailSampling.share, path + "tailSampling.share", "a share from 0 to 1", tailSampling.share)
            if let bound = tailSampling.slowerThan {
                try require(bound >= .zero, path + "tailSampling.slowerThan", "0 or more", bound)
            }
        }
        try require(flush.events >= 1, path + "flush.events", "1 or more", flush.events)
        try require(1...(32 << 20) ~= flush.bytes, path + "flush.bytes", "1 to 33554432 (32 MiB)", flush.bytes)
        try require(
            flush.interval >= .milliseconds(1), path + "flush.interval", "1 ms or more", flush.interval)
        try require(retry.attempts >= 1, path + "retry.attempts", "1 or more", retry.attempts)
        try require(retry.delay >= .zero, path + "retry.delay", "0 or more", retry.delay)
        try require(
            retry.longestDelay >= retry.delay, path + "retry.longestDelay", "as long as retry.delay or longer",
            retry.longestDelay)
    }
}

private func require(
    _ isMet: Bool, _ key: String, _ rule: String, _ value: some CustomStringConvertible
) throws(ConfigurationError) {
    guard isMet else { throw ConfigurationError(key: key, reason: "it has to be \(rule), not \(value)") }
}
