import Reel

/// Where the text goes.
struct TextTarget {
    let sink: any ByteSink
    private let file: OutputFile?
    private let standardOutput: StandardOutput?

    init(_ path: String, of inputs: [String] = [], mode: ModeOption? = nil) throws {
        // Unlike a recording, JSON may be read on a terminal.
        guard path != "-" else {
            let output = StandardOutput()
            sink = StandardOutput.isTerminal ? TerminalJSON(output) : output
            (standardOutput, file) = (output, nil)
            return
        }
        let output = try OutputFile(path, of: inputs, mode: mode)
        (sink, standardOutput, file) = (output, nil, output)
    }

    func flush() throws { try standardOutput?.flush() }

    func commit() throws {
        try standardOutput?.flush()
        try file?.commit()
    }

    /// Puts in place what there is, if there is anything.
    func commitUnlessEmpty() throws {
        if let file, file.byteCount == 0 { return }
        try commit()
    }

    /// Throws what has gone wrong: the events before the damage are sound, have been asked for, and are in place by then.
    func give(up failure: (any Error)?) throws {
        guard let failure else { return }
        try commit()
        throw failure
    }
}
