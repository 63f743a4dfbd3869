import CSodium

/// Encryption with a key that both sides have (XSalsa20-Poly1305).
public enum SecretBox {
    /// The number of bytes of a key.
    public static let keyByteCount = Int(crypto_secretbox_KEYBYTES)

    private static let nonceByteCount = Int(crypto_secretbox_NONCEBYTES)
    private static let codeByteCount = Int(crypto_secretbox_MACBYTES)

    /// Returns a random nonce and the encrypted message.
    ///
    /// - Precondition: The key has ``keyByteCount`` bytes.
    public static func seal(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        precondition(key.count == keyByteCount, "the key's length")
        let nonce = SecureRandom.bytes(nonceByteCount)
        var box = [UInt8](repeating: 0, count: message.count + codeByteCount)
        crypto_secretbox_easy(&box, message, UInt64(message.count), nonce, key)
        return nonce + box
    }

    /// Returns the message, or `nil` when the key is another one or something was changed.
    ///
    /// - Precondition: The key has ``keyByteCount`` bytes.
    public static func open(_ sealed: [UInt8], key: [UInt8]) -> [UInt8]? {
        precondition(key.count == keyByteCount, "the key's length")
        Sodium.start()
        guard sealed.count >= nonceByteCount + codeByteCount else { return nil }
        let box = Array(sealed.dropFirst(nonceByteCount))
        var message = [UInt8](repeating: 0, count: box.count - codeByteCount)
        let nonce = Array(sealed.prefix(nonceByteCount))
        guard crypto_secretbox_open_easy(&message, box, UInt64(box.count), nonce, key) == 0 else {
            return nil
        }
        return message
    }
}
