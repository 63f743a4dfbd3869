import Crypto
import KeyVault
import Testing

/// Words in a file that only a secret opens.
@Suite struct `Sealed words` {
    private static let key = String(repeating: "5a", count: 32)
    private static let passphrase = "correct horse battery staple"
    private let words = Mnemonic.random()

    private static let light = PasswordHash(
        salt: [UInt8](repeating: 1, count: 16),
        passes: 1,
        kibibytes: 8192
    )

    @Test func `a key opens them, and no other one`() throws {
        let sealed = try SealedMnemonic(words, lock: .key, secret: Self.key)
        let read = try SealedMnemonic(parsing: sealed.bytes())
        #expect(try read.open(secret: Self.key).text == words.text)
        let other = String(repeating: "5b", count: 32)
        #expect(throws: SealedMnemonic.Problem.wrongSecret) { try read.open(secret: other) }
        #expect(throws: SealedMnemonic.Problem.notAKey) { try read.open(secret: "5a") }
    }

    @Test func `a passphrase opens them, and no other one`() throws {
        let light = try #require(Self.light)
        let sealed = try SealedMnemonic(
            words,
            lock: .passphrase(light),
            secret: Self.passphrase
        )
        let read = try SealedMnemonic(parsing: sealed.bytes())
        #expect(read.lock == .passphrase(light))
        #expect(try read.open(secret: Self.passphrase).text == words.text)
        #expect(throws: SealedMnemonic.Problem.wrongSecret) {
            try read.open(secret: Self.passphrase + " ")
        }
    }

    @Test func `a short passphrase seals nothing`() throws {
        #expect(throws: SealedMnemonic.Problem.shortPassphrase) {
            try SealedMnemonic(words, lock: .passphrase(PasswordHash()), secret: "12345678901")
        }
    }

    @Test func `a new passphrase's parameters are not weak`() {
        let hash = PasswordHash()
        #expect(hash.kibibytes >= 65_536 && hash.passes >= 3)
        #expect(hash.salt != PasswordHash().salt)
    }

    @Test func `a changed byte of the box opens nothing`() throws {
        let sealed = try SealedMnemonic(words, lock: .key, secret: Self.key)
        let bytes = sealed.bytes()
        let lastDigit = try #require(bytes.lastIndex(of: UInt8(ascii: "\""))) - 1
        for offset in [0, 60, 140] {
            var changed = bytes
            let isZero = changed[lastDigit - offset] == UInt8(ascii: "0")
            changed[lastDigit - offset] = UInt8(ascii: isZero ? "1" : "0")
            let read = try SealedMnemonic(parsing: changed)
            #expect(throws: SealedMnemonic.Problem.wrongSecret) { try read.open(secret: Self.key) }
        }
    }

    @Test(
        arguments: [
            "", "{}", "5a5a", #"{"version":2,"lock":"key","shown":false,"sealed":"00"}"#,
            #"{"version":1,"lock":"other","shown":false,"sealed":"00"}"#,
            #"{"version":1,"lock":"key","shown":false,"sealed":"0"}"#,
            """
            {"version":1,"lock":"passphrase","shown":false,"sealed":"00","salt":"00",\
            "argon2id_passes":4,"argon2id_kibibytes":65536}
            """,
            """
            {"version":1,"lock":"passphrase","shown":false,"sealed":"00",\
            "salt":"00000000000000000000000000000000","argon2id_passes":4,\
            "argon2id_kibibytes":999999999}
            """,
        ]
    )
    func `other files are none of ours`(content: String) {
        #expect(throws: SealedMnemonic.Problem.notSealed) {
            try SealedMnemonic(parsing: Array(content.utf8))
        }
    }

    @Test func `whether they were shown is kept`() throws {
        var sealed = try SealedMnemonic(words, lock: .key, secret: Self.key)
        #expect(try !SealedMnemonic(parsing: sealed.bytes()).isShown)
        sealed.isShown = true
        #expect(try SealedMnemonic(parsing: sealed.bytes()).isShown)
    }
}
