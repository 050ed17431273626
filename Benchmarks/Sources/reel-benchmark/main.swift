import Foundation
import ReelJSON

/// Prints how long reading takes, beside zlib and the BEAM: `reel-benchmark ROUNDS BEAM_SCRIPT FILE…`
let arguments = CommandLine.arguments
guard arguments.count > 3, let rounds = Int(arguments[1]) else {
    print("usage: reel-benchmark ROUNDS BEAM_SCRIPT PHOENIX_REPLAY_FILE…")
    exit(64)
}

func column(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 1)) + text
}

func format(_ value: Double, _ digits: Int = 1) -> String { String(format: "%.\(digits)f", value) }

for path in arguments[3...] {
    let reading = try Reading(phoenixReplay: path)
    var stopwatch = Stopwatch([
        reading.inflate, reading.gunzip, reading.events, reading.terms, { try reading.json() }, reading.jsonAtOnce,
        { try reading.json(.tagged) },
    ])
    try await stopwatch.run(rounds: rounds)
    let beam = arguments[2] == "-" ? [:] : try Beam.times(script: arguments[2], file: path, rounds: rounds)
    print("\(URL(fileURLWithPath: path).lastPathComponent), \(reading.contentByteCount) bytes of frames")
    let names = [
        "inflate alone", "inflate, checksum", "every event", "every event as a term", "plain JSON",
        "plain JSON, all cores",
        "tagged JSON",
    ]
    let beside = [nil, beam["gunzip"], nil, beam["terms"], beam["json"], beam["json"], nil]
    for ((name, time), beam) in zip(zip(names, stopwatch.least), beside) {
        let microseconds = time.microseconds
        var line = "  " + name.padding(toLength: 24, withPad: " ", startingAt: 0)
        line += column(format(microseconds, 0) + " µs", 12)
        line += column(format(Double(reading.contentByteCount) / microseconds, 0) + " MB/s", 12)
        line += column(format(microseconds / stopwatch.least[0].microseconds) + " × inflate", 16)
        if let beam { line += column(format(beam / microseconds) + " × as fast as the BEAM", 30) }
        print(line)
    }
}
