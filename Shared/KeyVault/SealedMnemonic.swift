public import Crypto
import JSON

/// 24 words that only a secret opens, as they are kept in a file.
///
/// The secret is a key of 32 bytes, or a passphrase that Argon2id makes a key of. The words are
/// encrypted and authenticated with XSalsa20-Poly1305.
public struct SealedMnemonic: Sendable {
    /// What the words are sealed with.
    public enum Lock: Hashable, Sendable {
        /// A key of 64 hexadecimal digits.
        case key

        /// A passphrase.
        case passphrase(PasswordHash)
    }

    /// Why there is nothing to be read.
    public enum Problem: Error, Hashable {
        /// The file is not of this form.
        case notSealed

        /// A key has 64 hexadecimal digits.
        case notAKey

        /// A passphrase is shorter than ``SealedMnemonic/leastPassphrase`` characters.
        case shortPassphrase

        /// The secret is not the one that it was sealed with, or the file was changed.
        case wrongSecret
    }

    /// The least number of characters of a passphrase.
    public static let leastPassphrase = 12

    /// What the words are sealed with.
    public let lock: Lock

    /// Whether somebody has seen the words.
    public var isShown: Bool

    private let box: [UInt8]

    /// Seals words.
    ///
    /// - Throws: The secret has not the form that the lock asks for.
    public init(_ words: Mnemonic, lock: Lock, secret: String) throws(Problem) {
        if case .passphrase = lock, secret.count < Self.leastPassphrase { throw .shortPassphrase }
        self.lock = lock
        isShown = false
        box = SecretBox.seal(words.entropy, key: try Self.key(of: secret, lock))
    }

    /// Reads the content of a file.
    public init(parsing bytes: [UInt8]) throws(Problem) {
        guard let object = (try? JSONValue(parsing: bytes))?.objectValue,
            object["version"] == .integer(1),
            let box = object["sealed"]?.stringValue.flatMap({ Hex.bytes(of: $0) }),
            case .bool(let isShown)? = object["shown"]
        else { throw .notSealed }
        self.box = box
        self.isShown = isShown
        switch object["lock"]?.stringValue {
        case "key":
            lock = .key
        case "passphrase":
            guard let salt = object["salt"]?.stringValue.flatMap({ Hex.bytes(of: $0) }),
                let passes = object["argon2id_passes"]?.integerValue,
                let kibibytes = object["argon2id_kibibytes"]?.integerValue,
                let hash = PasswordHash(salt: salt, passes: passes, kibibytes: kibibytes)
            else { throw .notSealed }
            lock = .passphrase(hash)
        default:
            throw .notSealed
        }
    }

    /// The content of a file.
    public func bytes() -> [UInt8] {
        var object: JSONObject = ["version": 1]
        switch lock {
        case .key:
            object["lock"] = "key"
        case .passphrase(let hash):
            object["lock"] = "passphrase"
            object["salt"] = .string(Hex.text(of: hash.salt))
            object["argon2id_passes"] = .integer(hash.passes)
            object["argon2id_kibibytes"] = .integer(hash.kibibytes)
        }
        object["shown"] = .bool(isShown)
        object["sealed"] = .string(Hex.text(of: box))
        return JSONValue.object(object).bytes() + [UInt8(ascii: "\n")]
    }

    /// Opens the words.
    ///
    /// - Throws: It is another secret, or the content was changed.
    public func open(secret: String) throws(Problem) -> Mnemonic {
        guard let entropy = SecretBox.open(box, key: try Self.key(of: secret, lock)),
            entropy.count == Mnemonic.byteCount
        else { throw .wrongSecret }
        return Mnemonic(entropy: entropy)
    }

    private static func key(of secret: String, _ lock: Lock) throws(Problem) -> [UInt8] {
        switch lock {
        case .key:
            guard let key = Hex.bytes(of: secret), key.count == SecretBox.keyByteCount else {
                throw .notAKey
            }
            return key
        case .passphrase(let hash):
            return hash.key(of: Array(secret.utf8))
        }
    }
}
