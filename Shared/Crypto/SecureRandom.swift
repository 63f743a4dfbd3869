import CSodium

/// The system's source of unpredictable bytes.
public enum SecureRandom {
    /// Returns unpredictable bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        Sodium.start()
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }
}
