import Foundation

// Measures the recorder: `make recorder`.
//
//   recorder-benchmark insert ESCRIPT [ROUNDS]              beside a real BEAM's `ets:insert`
//   recorder-benchmark sessions FOLDER [SESSIONS] [SECONDS]  many sessions at the same time

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch arguments.first {
    case "insert" where arguments.count >= 2:
        try await InsertBenchmark(
            escript: arguments[1], rounds: arguments.count > 2 ? Int(arguments[2]) ?? 30 : 30
        ).run()
    case "sessions" where arguments.count >= 2:
        try await SessionsBenchmark(
            folder: arguments[1], sessions: arguments.count > 2 ? Int(arguments[2]) ?? 10_000 : 10_000,
            seconds: arguments.count > 3 ? Int(arguments[3]) ?? 60 : 60
        ).run()
    default:
        print("usage: recorder-benchmark insert ESCRIPT [ROUNDS] | sessions FOLDER [SESSIONS] [SECONDS]")
        exit(64)
    }
} catch {
    print("error: \(error)")
    exit(1)
}
