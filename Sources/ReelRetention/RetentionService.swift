public import Logging
public import ReelStore
public import ServiceLifecycle

/// Keeps a store within a policy for as long as a server runs.
///
/// ```swift
/// let retention = RetentionService(store, policy: RetentionPolicy(maximumAge: .seconds(30 * 86_400)))
/// try await ServiceGroup(services: [server, retention], logger: logger).run()
/// ```
///
/// A sweep that fails is logged, and the next one comes at its time. On graceful shutdown the service ends after the batch that
/// it is deleting.
public struct RetentionService: Service {
    private let store: any RecordingStore
    private let policy: RetentionPolicy
    private let interval: Duration
    private let logger: Logger

    /// Creates a service.
    ///
    /// - Parameters:
    ///   - interval: how long to wait between two sweeps; the first one comes at once.
    ///   - logger: told of what is deleted, and of what fails.
    public init(
        _ store: any RecordingStore, policy: RetentionPolicy, interval: Duration = .seconds(600),
        logger: Logger = Logger(label: "reel.retention")
    ) {
        self.store = store
        self.policy = policy
        self.interval = interval
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await sweep()
                // Only cancellation ends the wait early.
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    /// Deletes, once, what the policy does not keep.
    private func sweep() async {
        do throws(StoreError) {
            let plan = try await policy.plan(for: store)
            guard !plan.expired.isEmpty else { return }
            let count = try await plan.apply()
            logger.info(
                "recordings deleted",
                metadata: [
                    "store": "\(store.location)", "deleted": "\(count)", "kept": "\(plan.keptCount)",
                    "bytes": "\(plan.expiredByteCount)",
                ])
        } catch {
            logger.error(
                "recordings not deleted", metadata: ["store": "\(store.location)", "error": "\(error)"])
        }
    }
}
