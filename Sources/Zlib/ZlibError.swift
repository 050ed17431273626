import CZlib

/// Why zlib refused to go on.
public struct ZlibError: Error, Hashable, Sendable {
    /// What is wrong. The list is closed: a caller may switch over it.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The input is not deflate data, or its checksum does not match, or it needs a preset dictionary.
        case data
        /// There is not enough memory.
        case memory
        /// zlib could make no progress.
        case buffer
        /// The stream was used wrongly: a level out of range, or more input after the end.
        case stream
    }

    /// What is wrong.
    public var code: Code

    /// How many bytes of the stream's input, from its start, zlib had taken.
    public var offset: Int

    /// What zlib says of it, such as `invalid distance too far back`.
    public var message: String

    /// Creates an error.
    public init(_ code: Code, at offset: Int, _ message: String) {
        self.code = code
        self.offset = offset
        self.message = message
    }

    /// The error for a status that zlib returned for a stream.
    ///
    /// - Safety: `stream` points to an initialized stream whose message is null or a constant string of zlib's own.
    @unsafe
    init(status: Int32, of stream: UnsafeMutablePointer<z_stream>) {
        let stream = unsafe stream.pointee
        let code: Code =
            switch status {
            case Z_DATA_ERROR, Z_NEED_DICT: .data
            case Z_MEM_ERROR: .memory
            case Z_BUF_ERROR: .buffer
            default: .stream
            }
        let message =
            if status == Z_NEED_DICT {
                "need dictionary"
            } else if let message = unsafe stream.msg ?? UnsafeMutablePointer(mutating: zError(status)) {
                unsafe String(cString: message)
            } else {
                "status \(status)"
            }
        unsafe self.init(code, at: Int(clamping: stream.total_in), message)
    }
}

extension ZlibError: CustomStringConvertible {
    public var description: String { "\(message) at byte \(offset) of the compressed data" }
}
