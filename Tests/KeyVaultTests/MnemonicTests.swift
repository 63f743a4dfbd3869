import Crypto
import KeyVault
import Testing

/// The 24 words, by the published vectors of BIP-39 and SLIP-0010.
@Suite struct `The words of a master key` {
    private static let zeros = [String](repeating: "abandon", count: 23) + ["art"]

    @Test func `the published words of 32 zeros are these`() throws {
        let words = Mnemonic(entropy: [UInt8](repeating: 0, count: 32))
        #expect(words.text == Self.zeros.joined(separator: " "))
        // From the vectors with the passphrase TREZOR the seed is another; this one has none.
        let seed = Hex.text(of: words.seed())
        #expect(seed.hasPrefix("408b285c123836004f4b8842c89324c1f01382450c0d439af345ba7fc49acf70"))
        #expect(seed.count == 128)
    }

    @Test func `words are read back`() throws {
        for byte: UInt8 in [0x00, 0x7F, 0x80, 0xFF] {
            let words = Mnemonic(entropy: [UInt8](repeating: byte, count: 32))
            let read = try Mnemonic(words: "  " + words.text.uppercased() + "\n")
            #expect(read.text == words.text)
        }
        let words = Mnemonic.random()
        #expect(try Mnemonic(words: words.text).seed() == words.seed())
        #expect(Mnemonic.random().text != words.text)
    }

    @Test(
        arguments: [
            ("", Mnemonic.Problem.wordCount(0)),
            ("abandon art", .wordCount(2)),
            (zeros.dropLast().joined(separator: " ") + " abandon", .wrongChecksum),
            (zeros.dropFirst().joined(separator: " ") + " abandon", .wrongChecksum),
            ("wallets " + zeros.dropFirst().joined(separator: " "), .unknownWord(at: 1)),
        ]
    )
    func `other words are refused`(text: String, problem: Mnemonic.Problem) {
        #expect(throws: problem) { try Mnemonic(words: text) }
    }

    @Test func `nothing that prints a key prints what is secret`() {
        let words = Mnemonic.random()
        let key = MasterKey(words)
        var text = "\(words) \(key)"
        dump(words, to: &text)
        dump(key, to: &text)
        #expect(text.split(separator: " ").allSatisfy { !words.text.contains($0) })
    }

    @Test func `a plain key of an older version signs and addresses as before`() throws {
        let digits = String(repeating: "07", count: 32)
        let key = try #require(MasterKey(plain: digits))
        let seed = [UInt8](repeating: 7, count: 32)
        let before = SLIP10(seed: seed).solanaKey(3).publicKey
        #expect(key.addresses.solanaKey(3).publicKey == before)
        let label = Array("pursestrings journal signing key".utf8)
        let signing = SigningKey(seed: Array(HMACSHA512.code(of: label, key: seed).prefix(32)))
        #expect(key.signingKey.publicKey == signing.publicKey)
        #expect(MasterKey(plain: String(digits.dropLast())) == nil)
        #expect(MasterKey(plain: "{}") == nil)
    }
}
