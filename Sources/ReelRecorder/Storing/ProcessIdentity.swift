import ExternalTerm
import FoundationEssentials

/// Which process records a session, so that another one can tell whether it still does.
///
/// It stands in the header of a running recording, under the key `recorder` (Spec/registry.md §3).
struct ProcessIdentity: Hashable, Sendable {
    /// Which start of which machine it runs on.
    var boot: String
    /// The system's name of the space that the process's number belongs to: containers have one each.
    var namespace: String
    var process: Int
    /// When the process started, in the system's ticks since the machine's start: numbers are given again.
    var started: Int

    /// This process, or nil where the system does not say.
    static let current: ProcessIdentity? = {
        guard let (boot, namespace) = here, let started = started(Int(ProcessInfo.processInfo.processIdentifier))
        else { return nil }
        return ProcessIdentity(
            boot: boot, namespace: namespace, process: Int(ProcessInfo.processInfo.processIdentifier),
            started: started)
    }()

    /// Whether the process is there, or nil when that cannot be told from here.
    var isLiving: Bool? {
        guard let (boot, namespace) = ProcessIdentity.here, boot == self.boot, namespace == self.namespace else {
            return nil
        }
        return ProcessIdentity.started(process) == started
    }

    private static let here: (boot: String, namespace: String)? = {
        guard let boot = text("/proc/sys/kernel/random/boot_id"),
            let namespace = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
        else { return nil }
        return (boot.filter { $0.isHexDigit || $0 == "-" }, namespace)
    }()

    /// When a process started, or nil when there is none.
    private static func started(_ process: Int) -> Int? {
        guard let stat = text("/proc/\(process)/stat"), let name = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[name...].split(separator: " ")
        // The 22nd field, counted from the number; the name, which may have spaces, is the second.
        guard fields.count > 20, fields[1] != "Z" else { return nil }
        return Int(fields[20])
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension ProcessIdentity {
    /// The name of the header's field.
    static let key: Atom = "recorder"

    var term: Term {
        .map([
            "boot": .string(boot), "namespace": .string(namespace), "process": .integer(process),
            "started": .integer(started),
        ])
    }

    /// Reads a header's field, or returns nil when it is no such thing.
    init?(_ term: Term?) {
        guard let boot = term?[atom: "boot"]?.text, let namespace = term?[atom: "namespace"]?.text,
            let process = term?[atom: "process"]?.integer, let started = term?[atom: "started"]?.integer
        else { return nil }
        self.init(boot: boot, namespace: namespace, process: process, started: started)
    }
}
