/// Which recordings a store keeps: how old, how many, how large together.
///
/// Recordings of a view that has limits of its own are counted among themselves; all others together. Running sessions are
/// never touched, and not counted.
///
/// ```swift
/// var policy = RetentionPolicy(maximumAge: .seconds(30 * 86_400), maximumCount: 10_000)
/// policy.views["Admin.AuditLive"] = RetentionPolicy.Limits(maximumAge: .seconds(365 * 86_400))
/// let plan = try await policy.plan(for: store)
/// print(plan.expired.count, "of", plan.expired.count + plan.keptCount)
/// try await plan.apply()
/// ```
public struct RetentionPolicy: Hashable, Sendable {
    /// What recordings are kept up to.
    public struct Limits: Hashable, Sendable {
        /// How long ago a session may have started.
        public var maximumAge: Duration?
        /// How many recordings there may be: the newest ones stay.
        public var maximumCount: Int?
        /// How many bytes they may have together: the newest ones stay.
        public var maximumByteCount: Int?

        /// Creates limits.
        public init(maximumAge: Duration? = nil, maximumCount: Int? = nil, maximumByteCount: Int? = nil) {
            self.maximumAge = maximumAge
            self.maximumCount = maximumCount
            self.maximumByteCount = maximumByteCount
        }
    }

    /// The limits of recordings whose view has none of its own.
    public var limits: Limits
    /// The limits of views that have their own.
    public var views: [String: Limits]

    /// Creates a policy.
    public init(
        maximumAge: Duration? = nil, maximumCount: Int? = nil, maximumByteCount: Int? = nil,
        views: [String: Limits] = [:]
    ) {
        limits = Limits(maximumAge: maximumAge, maximumCount: maximumCount, maximumByteCount: maximumByteCount)
        self.views = views
    }

    /// Why a recording is not kept.
    public enum Reason: String, Hashable, Sendable {
        /// Its session started too long ago.
        case age
        /// There are enough newer ones.
        case count
        /// Newer ones take all the bytes there may be.
        case bytes
    }

    /// A recording that is not kept.
    public struct Expired: Hashable, Sendable {
        /// The recording.
        public var recording: StoredRecording
        /// Why it is not kept.
        public var reason: Reason
    }

    /// What a policy means for a store at one time.
    public struct Plan: Sendable {
        /// What is to be deleted, the newest first.
        public internal(set) var expired: [Expired] = []
        /// How many finished recordings stay.
        public internal(set) var keptCount = 0
        /// How many bytes those have together.
        public internal(set) var keptByteCount = 0
        let store: any RecordingStore

        /// How many bytes go.
        public var expiredByteCount: Int { expired.reduce(0) { $0 + $1.recording.byteCount } }

        /// Deletes what is to be deleted.
        ///
        /// A session that has been started anew under an old id meanwhile stays.
        ///
        /// - Returns: how many recordings are gone.
        @discardableResult
        public func apply(progress: ((_ done: Int, _ total: Int) -> Void)? = nil) async throws(StoreError) -> Int {
            var deletedCount = 0
            for start in stride(from: 0, to: expired.count, by: 500) {
                let end = min(start + 500, expired.count)
                let ids = expired[start..<end].map(\.recording.id)
                deletedCount += try await store.delete(ids, keepingUnfinished: true).count
                progress?(end, expired.count)
            }
            return deletedCount
        }
    }

    /// Finds what is not to be kept, and deletes nothing.
    ///
    /// - Parameter now: the time that ages are measured from, in milliseconds since 1970; by the system's clock unless given.
    /// - Complexity: reads the whole listing.
    public func plan(for store: any RecordingStore, now: Int? = nil) async throws(StoreError) -> Plan {
        let now = now ?? FileSystem.now / 1_000_000
        var plan = Plan(store: store)
        var counted: [String?: (count: Int, byteCount: Int)] = [:]
        for try await recording in store.recordings(RecordingQuery(isFinished: true), pageSize: 5_000) {
            let group = recording.view.flatMap { views[$0] == nil ? nil : $0 }
            let limits = group.flatMap { views[$0] } ?? limits
            var (count, byteCount) = counted[group] ?? (0, 0)
            count += 1
            byteCount += recording.byteCount
            if let reason = limits.reason(against: recording, count: count, byteCount: byteCount, now: now) {
                plan.expired.append(Expired(recording: recording, reason: reason))
            } else {
                plan.keptCount += 1
                plan.keptByteCount += recording.byteCount
                counted[group] = (count, byteCount)
            }
        }
        return plan
    }
}

extension RetentionPolicy.Limits {
    /// Why a recording is not kept that would be the `count`-th, or nil when it is.
    fileprivate func reason(
        against recording: StoredRecording, count: Int, byteCount: Int, now: Int
    ) -> RetentionPolicy.Reason? {
        if let maximumAge {
            let (age, overflow) = now.subtractingReportingOverflow(recording.connectedAt ?? recording.savedAt)
            // What is older than there are numbers is old, what has yet to come is not.
            if overflow ? (recording.connectedAt ?? 0) < 0 : age > maximumAge.milliseconds { return .age }
        }
        if let maximumCount, count > maximumCount { return .count }
        if let maximumByteCount, byteCount > maximumByteCount { return .bytes }
        return nil
    }
}

extension Duration {
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds.multipliedReportingOverflow(by: 1_000).partialValue)
            + Int(attoseconds / 1_000_000_000_000_000)
    }
}
