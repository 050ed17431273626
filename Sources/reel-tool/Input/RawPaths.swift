import FoundationEssentials
import Glibc
import SystemPackage

/// Arguments of the command line that are not UTF-8, such as names of files from other times.
///
/// A byte that belongs to no character stands in the argument's text as a character for private use, and becomes itself again where
/// a path is made of the text.
enum RawArgument {
    /// The character for byte 0.
    private static let first: UInt32 = 0x10FF00

    /// The arguments of the process, without its name; nil when all of them are UTF-8.
    static var all: [String]? {
        var arguments: [String] = []
        var isDifferent = false
        for index in 1..<max(Int(CommandLine.argc), 1) {
            // Safe: the system keeps so many strings, each with a zero at its end, for as long as the process lives.
            guard let pointer = unsafe CommandLine.unsafeArgv[index] else { continue }
            let bytes = unsafe UnsafeBufferPointer(start: pointer, count: strlen(pointer)).map { UInt8(bitPattern: $0) }
            let text = text(of: bytes)
            isDifferent = isDifferent || Array(text.utf8) != bytes
            arguments.append(text)
        }
        return isDifferent ? arguments : nil
    }

    /// Text for bytes, of which those that are no UTF-8 are characters for private use.
    static func text(of bytes: [UInt8]) -> String {
        var text = ""
        var rest = bytes[...]
        while !rest.isEmpty {
            do {
                text += String(copying: try UTF8Span(validating: Array(rest).span))
                break
            } catch {
                let start = rest.startIndex + error.byteOffsets.lowerBound
                text += String(decoding: rest[..<start], as: UTF8.self)
                // As many bytes as make no character: all that follow may be sound.
                let end = max(start + 1, rest.startIndex + error.byteOffsets.upperBound)
                for byte in rest[start..<end] { text.unicodeScalars.append(scalar(for: byte)) }
                rest = rest[end...]
            }
        }
        return text
    }

    private static func scalar(for byte: UInt8) -> Unicode.Scalar { Unicode.Scalar(first + UInt32(byte)) ?? "\u{FFFD}" }

    /// The byte that a character stands for, or nil when it stands for itself.
    static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        scalar.value >= first ? UInt8(exactly: scalar.value - first) : nil
    }
}

extension FilePath {
    /// The path that an argument of the command line gives.
    init(argument: String) {
        guard argument.unicodeScalars.contains(where: { RawArgument.byte(of: $0) != nil }) else {
            self.init(argument)
            return
        }
        var bytes: [CChar] = []
        for scalar in argument.unicodeScalars {
            if let byte = RawArgument.byte(of: scalar) {
                bytes.append(CChar(bitPattern: byte))
            } else {
                bytes += String(scalar).utf8.map(CChar.init(bitPattern:))
            }
        }
        self.init(platformString: bytes + [0])
    }

    /// The path as text that gives it again as an argument.
    var argument: String {
        // Safe: the string has a zero at its end, and outlives the call.
        unsafe withPlatformString { name in
            RawArgument.text(
                of: unsafe UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) })
        }
    }
}

extension FilePath {
    /// Makes a folder here unless there is one.
    func createFolder() throws {
        do {
            guard !isFolder else { return }
            let parent = removingLastComponent()
            if !parent.isEmpty { try parent.createFolder() }
            // Safe: the string outlives the call.
            let result = unsafe withPlatformString { unsafe mkdir($0, 0o700) }
            guard result == 0 || isFolder else { throw Errno(rawValue: errno) }
        } catch {
            throw Failure(writing: argument, error)
        }
    }

    /// The path that this one leads to when its links are followed.
    var withoutLinks: FilePath {
        if FilePath(string) == self { return FilePath(URL(filePath: string).resolvingSymlinksInPath().path) }
        // Safe: what the system returns is copied, and given back to it.
        guard let path = unsafe withPlatformString({ unsafe realpath($0, nil) }) else { return self }
        defer { unsafe free(path) }
        return unsafe FilePath(platformString: path)
    }
}
