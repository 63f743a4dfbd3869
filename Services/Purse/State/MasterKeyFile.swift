import Crypto
import Glibc
import ServiceHost

/// The file of the master key: 32 random bytes in 64 hexadecimal digits.
struct MasterKeyFile {
    let path: String

    /// Makes a key when there is none, and says whether it did.
    func createIfMissing() throws -> Bool {
        guard access(path, F_OK) != 0 else { return false }
        try Files.write(Array((Hex.text(of: SecureRandom.bytes(32)) + "\n").utf8), to: path)
        return true
    }
}
