public import Reel

/// Why a store did not do what it was asked to.
public struct StoreError: Error, Hashable, Sendable {
    /// The kinds of error.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// What should be an id is none.
        case invalidID
        /// A query, or its cursor, makes no sense.
        case invalidQuery
        /// What should name a store does not.
        case invalidLocation
        /// There is no such recording, or no such store.
        case notFound
        /// The store has other bytes under this id than the caller believes.
        case conflict
        /// What was given, or what is kept, is no sound recording.
        case invalidRecording
        /// The store can be read only.
        case readOnly
        /// There is no room.
        case full
        /// The database cannot be reached.
        case unavailable
        /// Reading or writing failed.
        case inputOutput
    }

    /// What kind of error it is.
    public var kind: Kind
    /// What is wrong, in words.
    public var reason: String
    /// How many bytes of the recording the store has, of a ``Kind/conflict``: where an append has to go on.
    public var storedByteCount: Int?
    /// What is wrong with the recording, of a ``Kind/invalidRecording``.
    public var cause: ReelError?

    /// Creates an error.
    public init(_ kind: Kind, _ reason: String, storedByteCount: Int? = nil, cause: ReelError? = nil) {
        self.kind = kind
        self.reason = reason
        self.storedByteCount = storedByteCount
        self.cause = cause
    }
}

extension StoreError: CustomStringConvertible {
    public var description: String { "\(kind.rawValue): \(reason)" }
}

extension StoreError {
    package static func notFound(_ id: RecordingID) -> StoreError {
        StoreError(.notFound, "no recording '\(id)'")
    }

    package static func conflict(_ id: RecordingID, at offset: Int, has byteCount: Int, finished: Bool) -> StoreError {
        StoreError(
            .conflict,
            offset == 0 && finished
                ? "'\(id)' is another recording already, of \(byteCount) bytes"
                : "'\(id)' has \(byteCount) bytes\(finished ? " and is finished" : ""), other than those before \(offset)",
            storedByteCount: byteCount)
    }

    package init(invalid id: RecordingID, _ error: ReelError) {
        self.init(
            error.kind == .inputOutput ? .inputOutput : .invalidRecording, "'\(id)': \(error)", cause: error)
    }
}
