import ExternalTerm
import Zlib

/// Writes events straight into a session's buffer, without a tree in between.
enum EventEncoding {
    /// The most bytes of a tuple's head and an offset.
    static let headByteCount = 2 + 11

    /// `event, #{name => ` up to the name.
    private static let eventName: [UInt8] = {
        var writer = TermWriter()
        writer.write(atom: "event")
        writer.writeMapHead(count: 2)
        writer.write(atom: "name")
        return writer.bytes
    }()
    /// `params => ` up to the parameters.
    private static let params: [UInt8] = {
        var writer = TermWriter()
        writer.write(atom: "params")
        return writer.bytes
    }()

    /// The most bytes of an event with these parameters.
    @inline(__always)
    static func byteCount(ofEvent name: String, _ params: [String: String]) -> Int {
        var count = headByteCount + eventName.count + EventEncoding.params.count + 10 + name.utf8.count
        for (key, value) in params {
            count += 10 + key.utf8.count + max(value.utf8.count, SanitizedValue.filtered.utf8.count)
        }
        return count
    }

    /// Writes an event with parameters that are text, sanitized by their keys.
    @inline(__always)
    static func writeEvent(
        _ name: String, _ parameters: [String: String], at offset: Int, _ verdicts: KeyVerdicts,
        to output: inout OutputSpan<UInt8>
    ) {
        writeHead(offset, to: &output)
        output.append(copying: eventName.span)
        write(name, to: &output)
        output.append(copying: params.span)
        output.append(116)
        let countPosition = output.count
        writeLength(0, to: &output)
        var count = 0
        for (key, value) in parameters {
            switch verdicts.verdict(on: key) {
            case .keep:
                write(key, to: &output)
                write(value, to: &output)
            case .filter:
                write(key, to: &output)
                write(SanitizedValue.filtered, to: &output)
            case .remove: continue
            }
            count += 1
        }
        for index in 0..<4 { output[countPosition + index] = UInt8(truncatingIfNeeded: count >> (24 - 8 * index)) }
    }

    /// Writes a tuple's head and its first element; the kind and the payload follow.
    @inline(__always)
    static func writeHead(_ offset: Int, to output: inout OutputSpan<UInt8>) {
        output.append(104)
        output.append(3)
        if offset < 256 {
            output.append(97)
            output.append(UInt8(truncatingIfNeeded: offset))
        } else if offset <= Int(Int32.max) {
            output.append(98)
            writeLength(offset, to: &output)
        } else {
            let count = 8 - offset.leadingZeroBitCount / 8
            output.append(110)
            output.append(UInt8(truncatingIfNeeded: count))
            output.append(0)
            for index in 0..<count { output.append(UInt8(truncatingIfNeeded: offset >> (8 * index))) }
        }
    }

    /// Writes a binary.
    @inline(__always)
    private static func write(_ text: String, to output: inout OutputSpan<UInt8>) {
        let bytes = text.utf8.span
        output.append(109)
        writeLength(bytes.count, to: &output)
        output.append(copying: bytes)
    }

    @inline(__always)
    private static func writeLength(_ count: Int, to output: inout OutputSpan<UInt8>) {
        output.append(UInt8(truncatingIfNeeded: count >> 24))
        output.append(UInt8(truncatingIfNeeded: count >> 16))
        output.append(UInt8(truncatingIfNeeded: count >> 8))
        output.append(UInt8(truncatingIfNeeded: count))
    }
}
