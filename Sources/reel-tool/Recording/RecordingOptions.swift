import ArgumentParser
import ReelRecorder

/// How sessions are recorded: what `RecorderConfiguration` has, as options.
struct RecordingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Events a session records; those after them are counted as dropped.", valueName: "count"))
    var maxEvents = RecordingPolicy().maxEvents

    @Flag(help: "Keep sessions in which nobody did anything: no event, and one 'params' at the most.")
    var keepIdle = false

    @Option(
        help: ArgumentHelp("Share of the sessions that is recorded, 0 to 1, decided at the start.", valueName: "share"))
    var sample = 1.0

    @Option(
        help: ArgumentHelp(
            "Share of the sessions that is kept, 0 to 1, decided at the end; those with errors are kept in any case.",
            valueName: "share"))
    var keep: Double?

    @Option(
        help: ArgumentHelp(
            "Keep sessions in which a render came later than this, whatever --keep says.", valueName: "time"),
        transform: Moment.parse)
    var slower: Moment?

    @Option(help: ArgumentHelp("Store a session's events when so many wait.", valueName: "count"))
    var flushEvents = FlushPolicy().events

    @Option(
        help: ArgumentHelp("Store a session's events when they have so many bytes: 500k, 10M.", valueName: "size"),
        transform: ByteSize.parse)
    var flushBytes: ByteSize?

    @Option(
        help: ArgumentHelp("Store a session's events after this time: 900ms, 5s, 1:20.", valueName: "time"),
        transform: Moment.parse)
    var flushInterval = Moment(milliseconds: 5_000)

    @Option(
        help: ArgumentHelp("Attempts to store, with growing delays, before a session is given up.", valueName: "count"))
    var attempts = RetryPolicy().attempts

    @Option(
        help: ArgumentHelp("Most memory of all running sessions: 64M, 1G.", valueName: "size"),
        transform: ByteSize.parse)
    var memory: ByteSize?

    @Option(
        help: ArgumentHelp("How long storing what is left may take at the end.", valueName: "time"),
        transform: Moment.parse)
    var grace = Moment(milliseconds: 20_000)

    @Flag(help: "Leave recordings as they were written, and not in their smallest form.")
    var noCompact = false

    @Flag(help: "Do not wait for a folder's disk: a machine that stops may lose what sessions have stored last.")
    var noSync = false

    /// The configuration that this asks for.
    ///
    /// - Throws: `Failure` that names what makes no sense.
    func configuration() throws -> RecorderConfiguration {
        var configuration = RecorderConfiguration()
        configuration.policy.maxEvents = maxEvents
        configuration.policy.discardsWithoutInteraction = !keepIdle
        configuration.policy.headSampling = sample
        if keep != nil || slower != nil {
            configuration.policy.tailSampling = TailSampling(share: keep ?? 1, slowerThan: slower?.duration)
        }
        configuration.policy.flush.events = flushEvents
        if let flushBytes { configuration.policy.flush.bytes = flushBytes.byteCount }
        configuration.policy.flush.interval = flushInterval.duration
        configuration.policy.retry.attempts = attempts
        if let memory { configuration.memoryByteCount = memory.byteCount }
        configuration.graceTime = grace.duration
        configuration.compacts = !noCompact
        do throws(ConfigurationError) {
            try configuration.validate()
        } catch {
            throw Failure(.usage, "\(error)", advice: "see 'reel help record'")
        }
        return configuration
    }
}

/// What is kept out of recordings.
struct SanitizingOptions: ParsableArguments {
    /// What is looked for in text.
    enum Pattern: String, CaseIterable, ExpressibleByArgument {
        case cards, bearer, keys, accounts, emails, none

        var patterns: [TextPattern] {
            switch self {
            case .cards: [.cardNumbers]
            case .bearer: [.bearerTokens]
            case .keys: [.accessKeys, .privateKeys]
            case .accounts: [.bankAccounts, .socialSecurityNumbers]
            case .emails: [.emailAddresses]
            case .none: []
            }
        }
    }

    @Option(
        name: .customLong("filter"),
        help: ArgumentHelp(
            "Filter the values of keys that contain this as well. May be given again.", valueName: "word"))
    var words: [String] = []

    @Option(
        name: .customLong("allow"),
        help: ArgumentHelp("Keep the values of this key, whatever it contains. May be given again.", valueName: "key"))
    var allowed: [String] = []

    @Option(
        help:
            "Redact in all text: cards, bearer, keys, accounts, emails or none; by default all but emails. May be given again."
    )
    var redact: [Pattern] = [.cards, .bearer, .keys, .accounts]

    @Option(
        name: .customLong("redact-like"),
        help: ArgumentHelp(
            "Redact text of this form: # is a digit, ? a letter or digit, * a run of them. May be given again.",
            valueName: "template"))
    var templates: [String] = []

    /// The sanitizer that this asks for.
    ///
    /// - Throws: `Failure` that names the template that makes no sense.
    func sanitizer() throws -> DefaultSanitizer {
        var rules = DefaultSanitizer.Rules()
        rules.sensitiveWords += words
        rules.allowedKeys = Set(allowed)
        var patterns = redact.flatMap(\.patterns)
        do throws(TextTemplateError) {
            for template in templates { patterns.append(try TextPattern.template(template)) }
        } catch {
            throw Failure(.usage, "--redact-like: \(error)")
        }
        return DefaultSanitizer(rules, redactor: Redactor(patterns))
    }
}

extension Moment {
    fileprivate var duration: Duration { .milliseconds(milliseconds) }
}
