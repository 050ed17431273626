import CZlib

/// The zlib library that this program runs with.
public enum Zlib {
    /// Its version, such as `1.3.1`.
    public static var version: String {
        // Safe: zlib returns a constant string that ends in a zero byte.
        unsafe String(cString: zlibVersion())
    }
}
