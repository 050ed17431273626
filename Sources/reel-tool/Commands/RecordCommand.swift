import ArgumentParser
import Dispatch
import ExternalTerm
import Glibc
import Logging
import Reel
import ReelRecorder
import ReelStore
import SystemPackage

struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record sessions from terms on standard input: an Erlang port.",
        discussion: """
            STORE is a folder, sqlite:PATH or postgres://USER@HOST/DATABASE. Input and output are frames as Erlang's \
            {packet, 4} has them, a term each; Spec/port.md says which. One process records any number of sessions.

              {start, Key, #{view => ..., url => ..., params => ..., session => ..., assigns => ...}}
              {event, Key, Kind, Payload}
              {assigns, Key, Assigns}
              {state, Key, #{assigns => ..., components => #{{Module, Id} => ...}, url => ...}}
              {gap, Key, #{Kind => Count}}
              {flush, Key}
              {stop, Key}

            Each may end with one more element: when it happened, in milliseconds of a clock of the sender's. 'gap' says \
            what the sender has left out, 'state' what the view holds now, whatever came before.

            The end of the input, SIGTERM and SIGINT end all sessions. {stored, Key, Count} says that the first Count events are in the store. \
            What is wrong is answered by {error, Reason, Details}, and the next message is read. Recordings that a process \
            has left unfinished are finished at the start of the next one.

            Exit status 1: a message was refused, or a session could not be stored.

            Examples:
              reel record recordings
              Port.open({:spawn_executable, reel}, [:binary, packet: 4, args: ["record", "sqlite:replays.db"]])
            """)

    @Argument(help: "The store.", transform: StoreArgument.parse)
    var store: StoreArgument

    @OptionGroup(title: "Recording")
    var recording: RecordingOptions

    @OptionGroup
    var mode: ModeOption

    @OptionGroup(title: "Sanitizing")
    var sanitizing: SanitizingOptions

    func run() async throws {
        try await ExitStatus.of("\(store.location)") {
            let configuration = try recording.configuration()
            let sanitizer = try sanitizing.sanitizer()
            guard isatty(STDIN_FILENO) == 0 else {
                throw Failure(
                    .usage, "a person does not write terms", input: "-",
                    advice: "open this as a port: see 'reel help record'")
            }
            let store: any RecordingStore
            do {
                store = try await StoreAccess.open(
                    self.store.location, creates: true, syncs: !recording.noSync, mode: mode)
            } catch let error as StoreError {
                throw Failure(error, input: "\(self.store.location)")
            }
            var logger = Logger(label: "reel", factory: { StreamLogHandler.standardError(label: $0) })
            logger.logLevel = .warning
            let recorder = try Recorder(
                store: store, configuration: configuration, sanitizer: sanitizer, logger: logger)
            let status = await RecordCommand.record(with: recorder)
            await store.close()
            return status
        }
    }

    /// Records what the input says until it ends.
    private static func record(with recorder: Recorder) async -> ExitStatus {
        let output = PortOutput()
        let sessions = PortSessions(recorder, output)
        let input = PortInput()
        let signals = endOnSignals(recorder, input.interruption)
        defer { for signal in signals { signal.cancel() } }
        await output.send(
            .tuple([
                .atom("ready"),
                .map([
                    "port": 2,
                    "format": .tuple([
                        .integer(Int(FormatVersion.current.major)), .integer(Int(FormatVersion.current.minor)),
                    ]),
                ]),
            ]))
        let hasRefused = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let ids = await recorder.recovered()
                await output.send(.tuple([.atom("recovered"), .list(ids.map { .string($0.text) })]))
            }
            var hasRefused = false
            var input = input
            while true {
                do {
                    guard let frame = try await input.next() else { break }
                    let message = try message(in: frame, of: input)
                    if let work = try await sessions.take(message) { group.addTask { await work() } }
                } catch let error as PortError {
                    hasRefused = true
                    await output.send(error.term(frame: max(input.count - 1, 0)))
                    if error.reason == .truncated { break }
                } catch {
                    hasRefused = true
                    StandardError.say(Failure(wrapping: error, input: "-"))
                    break
                }
            }
            await recorder.shutdown(reason: .disconnected)
            leaveSoon()
            await group.waitForAll()
            return hasRefused
        }
        return hasRefused || sessions.hasFailed ? .inputFellShort : .fine
    }

    private static func message(in frame: PortInput.Frame, of input: PortInput) throws(PortError) -> PortMessage {
        switch frame {
        case .tooLarge(let byteCount):
            throw PortError(
                .frameTooLarge, "a frame of \(byteCount) bytes, more than the limit of \(PortInput.mostBytes)")
        case .content(let range):
            let term: Term
            do throws(TermError) {
                term = try Term(
                    external: input.bytes.span.extracting(range), limits: TermLimits.default.scaled(to: range.count))
            } catch {
                throw PortError(.malformedTerm, "\(error.reason) (\(error.code.rawValue))", byte: error.offset)
            }
            return try PortMessage(term)
        }
    }

    /// Ends the process when everything is stored: answers that nobody reads are no reason to stay.
    private static func leaveSoon() {
        DispatchQueue.global().asyncAfter(deadline: .now() + 30) { Glibc.exit(ExitStatus.inputOutput.rawValue) }
    }

    /// Ends the input when a signal asks the process to end, and stores everything even when the reader of the input is held up.
    private static func endOnSignals(
        _ recorder: Recorder, _ interruption: PortInput.Interruption
    ) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                interruption.interrupt()
                Task {
                    await recorder.shutdown(reason: .disconnected)
                    leaveSoon()
                }
            }
            source.resume()
            return source
        }
    }
}
