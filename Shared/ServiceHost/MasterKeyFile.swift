import Crypto
import Glibc
public import KeyVault

/// The file of the master key, and the file of the secret that opens it.
public struct MasterKeyFile: Sendable {
    /// The words, sealed; or the 64 hexadecimal digits of a key from before there were words.
    public let path: String

    /// A passphrase, or a key of 64 hexadecimal digits.
    public let unlockPath: String

    /// Names the files.
    public init(_ path: String, unlockedBy unlockPath: String) {
        self.path = path
        self.unlockPath = unlockPath
    }

    /// Whether there is a master key.
    public var exists: Bool { access(path, F_OK) == 0 }

    /// Whether the file holds words: not a key from before there were any, and no other file.
    public var hasWords: Bool {
        (try? Files.read(path)).flatMap { try? SealedMnemonic(parsing: $0) } != nil
    }

    /// Opens the master key.
    ///
    /// - Throws: A file is missing, or it is another secret's.
    public func open() throws(Files.Failure) -> MasterKey {
        guard exists else {
            throw Files.Failure(
                message: """
                    there is no master key at \(path): put master.key and master.unlock of the \
                    backup in their places, or restore them with purse init --restore
                    """
            )
        }
        let bytes = try Files.read(path)
        let text = String(decoding: bytes, as: UTF8.self)
        if let plain = MasterKey(plain: String(text.prefix { !$0.isWhitespace })) { return plain }
        return MasterKey(try words(in: sealed(bytes)))
    }

    /// Makes new words, sealed with a key file that is made when it is missing.
    ///
    /// - Returns: The words.
    @discardableResult
    public func make(_ words: Mnemonic = .random()) throws(Files.Failure) -> Mnemonic {
        if access(unlockPath, F_OK) != 0 {
            let key = Hex.text(of: SecureRandom.bytes(SecretBox.keyByteCount)) + "\n"
            try Files.write(Array(key.utf8), to: unlockPath)
        }
        return try make(words, lock: .key)
    }

    /// Makes new words, sealed with the passphrase in the unlocking file.
    public func makeWithPassphrase(
        _ words: Mnemonic = .random()
    ) throws(Files.Failure) -> Mnemonic {
        try make(words, lock: .passphrase(PasswordHash()))
    }

    /// Shows the words if nobody has seen them yet; from now on somebody has.
    ///
    /// - Returns: Whether they were shown now: not for a key without words.
    public func showOnce(_ show: (Mnemonic) -> Void) throws(Files.Failure) -> Bool {
        let bytes = try Files.read(path)
        guard var sealed = try? SealedMnemonic(parsing: bytes), !sealed.isShown else {
            return false
        }
        show(try words(in: sealed))
        sealed.isShown = true
        try Files.write(sealed.bytes(), to: path)
        return true
    }

    private func make(
        _ words: Mnemonic,
        lock: SealedMnemonic.Lock
    ) throws(Files.Failure) -> Mnemonic {
        guard !exists else {
            throw Files.Failure(message: "\(path) is there; it is never replaced")
        }
        let secret = try secret()
        let sealed: SealedMnemonic
        do throws(SealedMnemonic.Problem) {
            sealed = try SealedMnemonic(words, lock: lock, secret: secret)
        } catch {
            throw failure(error)
        }
        try Files.write(sealed.bytes(), to: path)
        return words
    }

    private func sealed(_ bytes: [UInt8]) throws(Files.Failure) -> SealedMnemonic {
        do throws(SealedMnemonic.Problem) {
            return try SealedMnemonic(parsing: bytes)
        } catch {
            throw failure(error)
        }
    }

    private func words(in sealed: SealedMnemonic) throws(Files.Failure) -> Mnemonic {
        let secret = try secret()
        do throws(SealedMnemonic.Problem) {
            return try sealed.open(secret: secret)
        } catch {
            throw failure(error)
        }
    }

    /// The first line of the unlocking file.
    private func secret() throws(Files.Failure) -> String {
        let text = String(decoding: try Files.read(unlockPath), as: UTF8.self)
        return String(text.prefix { !$0.isNewline })
    }

    private func failure(_ problem: SealedMnemonic.Problem) -> Files.Failure {
        switch problem {
        case .notSealed:
            Files.Failure(message: "\(path) is no master key; it is kept as it is")
        case .notAKey:
            Files.Failure(message: "\(unlockPath) does not hold 64 hexadecimal digits")
        case .shortPassphrase:
            Files.Failure(
                message: """
                    the passphrase in \(unlockPath) is shorter than \
                    \(SealedMnemonic.leastPassphrase) characters
                    """
            )
        case .wrongSecret:
            Files.Failure(message: "\(unlockPath) does not open \(path)")
        }
    }
}
