/// A version of the recording format. Implements Spec/recording.md §8.
public struct FormatVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Readers refuse recordings whose major version they do not know.
    public var major: UInt8
    /// Readers read every minor version of a major one, and skip what they do not know.
    public var minor: UInt8

    /// Creates a version.
    public init(major: UInt8, minor: UInt8) {
        self.major = major
        self.minor = minor
    }

    /// The version that this library writes.
    public static let current = FormatVersion(major: 1, minor: 0)

    public static func < (left: FormatVersion, right: FormatVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    public var description: String { "\(major).\(minor)" }

    /// Checks that a recording of this version can be read.
    func checkReadable(offset: Int?) throws(ReelError) {
        guard major == FormatVersion.current.major else {
            throw ReelError(
                .unsupportedVersion,
                "the recording has version \(self), this reader reads \(FormatVersion.current.major).x: "
                    + (self > .current ? "use a newer one" : "no such version was ever released"),
                offset: offset, section: "recording.md §8")
        }
    }

    /// Checks that this library writes all that a recording of this version has: a newer one may hold what it does not know.
    ///
    /// - Throws: ``ReelError`` of the kind `unsupportedVersion`.
    package func checkWritable() throws(ReelError) {
        guard self <= .current else {
            throw ReelError(
                .unsupportedVersion,
                "the recording has version \(self), and this reel writes \(FormatVersion.current): use a newer one, "
                    + "which keeps what is new",
                section: "recording.md §8")
        }
    }
}
