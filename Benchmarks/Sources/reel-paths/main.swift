import Dispatch
import Glibc
import Measured
import Reel
import SystemPackage

// Does one thing and nothing else:
//
//     reel-paths path NAME ROUNDS SAMPLE     goes one way through the library some times
//     reel-paths growth STEP EVENTS FILE     does one step, and prints its seconds and the process's most memory in bytes

/// What Linux says about the most memory that this process has had, in kibibytes.
func mostMemory() throws -> Int? {
    let file = try FileDescriptor.open(FilePath("/proc/self/status"), .readOnly)
    var status: [UInt8] = []
    var source = DescriptorSource(file)
    while try source.read(upTo: 4_096, appendingTo: &status) > 0 {}
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
}

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.count == 4, arguments[0] == "path", let path = MainPath(rawValue: arguments[1]),
    let rounds = Int(arguments[2])
{
    let work = try path.prepared(phoenixReplay: arguments[3])
    for _ in 0..<rounds { try work() }
} else if arguments.count == 4, arguments[0] == "growth", let step = GrowthStep(rawValue: arguments[1]),
    let count = Int(arguments[2])
{
    // Only here: valgrind, for the paths, does not bear that the main thread ends.
    Task {
        do {
            let time = try await step.time(eventCount: count, path: FilePath(arguments[3]))
            print(time / .seconds(1), (try mostMemory() ?? 0) * 1_024)
            exit(0)
        } catch {
            print(error)
            exit(1)
        }
    }
    dispatchMain()
} else {
    print("usage: reel-paths path NAME ROUNDS SAMPLE | reel-paths growth STEP EVENTS FILE")
}
