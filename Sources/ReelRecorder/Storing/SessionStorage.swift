import Reel

/// How far the storing of a session is. Only the worker that has the session changes it.
struct SessionStorage: Sendable {
    /// What is to be done next.
    enum Step: Hashable, Sendable {
        /// Events are to be made members.
        case collecting
        /// Members are to be stored; with them the recording is finished when it `ends`.
        case storing(ends: Bool)
        /// What has been stored is to be deleted.
        case discarding(DiscardReason)
    }

    var step = Step.collecting
    /// The recording so far, once something of it has been made a member.
    var assembly: MemberAssembly?
    /// The members that are being stored.
    var members: [UInt8] = []
    /// How many events are among them.
    var eventCount = 0
    /// How many bytes of the recording the store has.
    var storedByteCount = 0
    /// How often this step has failed.
    var failures = 0
}
