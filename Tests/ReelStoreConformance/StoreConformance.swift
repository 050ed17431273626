public import ReelStore

/// What every store has to do, as checks that run on any of them.
///
/// A backend's tests run each of ``checks`` on a store that is empty:
///
/// ```swift
/// @Test("the store behaves like every other", arguments: StoreConformance.checks)
/// func conformance(_ check: StoreConformance.Check) async throws {
///     try await withEmptyDatabase { place in
///         try await check.run { try await MyStore(place) }
///     }
/// }
/// ```
public enum StoreConformance {
    /// One thing that a store has to do.
    public struct Check: Sendable, CustomStringConvertible {
        /// The rule, as a sentence.
        public let name: String
        let body: @Sendable (StoreUnderTest) async throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (StoreUnderTest) async throws -> Void) {
            self.name = name
            self.body = body
        }

        public var description: String { name }

        /// Checks a store.
        ///
        /// - Parameters:
        ///   - size: how much is written by the checks that write much.
        ///   - open: opens the store, which is empty at first; each time anew, as another process would.
        /// - Throws: ``ConformanceFailure`` when the store does something else.
        public func run(
            size: ConformanceSize = .small, _ open: @escaping @Sendable () async throws -> any RecordingStore
        ) async throws {
            let stores = StoreUnderTest(size: size, opening: open)
            do {
                try await body(stores)
            } catch {
                await stores.close()
                throw error
            }
            await stores.close()
        }
    }

    /// All checks.
    public static let checks: [Check] =
        writing + reading + listing + querying + deleting + replacing + concurrency + sizes + changes
}

/// How much the checks write that write much.
public struct ConformanceSize: Sendable {
    /// How many recordings there are in a store of many.
    public var recordings: Int
    /// How many bytes a large recording has.
    public var largeByteCount: Int

    /// Creates a size.
    public init(recordings: Int, largeByteCount: Int) {
        self.recordings = recordings
        self.largeByteCount = largeByteCount
    }

    /// Seconds.
    public static let small = ConformanceSize(recordings: 1_000, largeByteCount: 8 << 20)
    /// What a store has to bear: 10,000 recordings, and one of 200 MB.
    public static let full = ConformanceSize(recordings: 10_000, largeByteCount: 200_000_000)
}

/// What a store did that it should not, or did not that it should.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// What, and where the check stands.
    public let description: String
}

/// The store that is checked: opened once, and again when another process is to be played.
actor StoreUnderTest {
    nonisolated let size: ConformanceSize
    private let opening: @Sendable () async throws -> any RecordingStore
    private var opened: [any RecordingStore] = []

    init(size: ConformanceSize, opening: @escaping @Sendable () async throws -> any RecordingStore) {
        self.size = size
        self.opening = opening
    }

    func open() async throws -> any RecordingStore {
        let store = try await opening()
        opened.append(store)
        return store
    }

    func close() async {
        for store in opened { await store.close() }
        opened = []
    }
}

/// Fails unless `condition` holds.
func expect(
    _ condition: Bool, _ what: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) throws {
    guard condition else { throw ConformanceFailure(description: "\(what()) (\(file):\(line))") }
}

/// Fails unless both are the same.
func expect<Value: Equatable>(
    _ value: Value, is expected: Value, _ what: @autoclosure () -> String = "", file: StaticString = #fileID,
    line: UInt = #line
) throws {
    guard value == expected else {
        throw ConformanceFailure(description: "\(what()): \(value) instead of \(expected) (\(file):\(line))")
    }
}

/// Fails unless `body` throws a store's error of this kind.
@discardableResult
func expectError<Value: Sendable>(
    _ kind: StoreError.Kind, file: StaticString = #fileID, line: UInt = #line,
    _ body: () async throws -> Value
) async throws -> StoreError {
    do {
        let value = try await body()
        throw ConformanceFailure(description: "no \(kind.rawValue), but \(value) (\(file):\(line))")
    } catch let error as StoreError where error.kind == kind {
        return error
    } catch let error as StoreError {
        throw ConformanceFailure(description: "no \(kind.rawValue), but \(error) (\(file):\(line))")
    }
}
