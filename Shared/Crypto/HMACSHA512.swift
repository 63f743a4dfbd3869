import CSodium

/// HMAC with SHA-512 (RFC 2104).
public enum HMACSHA512 {
    /// Returns the 64 bytes of a message's code under a key of any length.
    public static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        Sodium.start()
        var state = crypto_auth_hmacsha512_state()
        var code = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha512_BYTES))
        crypto_auth_hmacsha512_init(&state, key, key.count)
        crypto_auth_hmacsha512_update(&state, message, UInt64(message.count))
        crypto_auth_hmacsha512_final(&state, &code)
        return code
    }
}
