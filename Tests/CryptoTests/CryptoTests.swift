import Crypto
import Testing

@Suite("Cryptography against published vectors") struct CryptoTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `SHA-256 is that of FIPS 180`(text: String, digest: String) {
        #expect(SHA256.hex(of: Array(text.utf8)) == digest)
        var sha = SHA256()
        for byte in text.utf8 { sha.update([byte]) }
        #expect(Hex.text(of: sha.finalize()) == digest)
    }

    @Test func `HMAC-SHA-512 is that of RFC 4231`() {
        let code = HMACSHA512.code(
            of: Array("what do ya want for nothing?".utf8),
            key: Array("Jefe".utf8)
        )
        #expect(
            Hex.text(of: code).hasPrefix(
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            )
        )
    }

    @Test func `Ed25519 is that of RFC 8032`() throws {
        let seed = try #require(
            Hex.bytes(of: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
        )
        let key = SigningKey(seed: seed)
        #expect(
            Hex.text(of: key.publicKey)
                == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        )
        let signature = key.signature(of: [0x72])
        #expect(
            Hex.text(of: signature).hasPrefix("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8f")
        )
        #expect(SigningKey.isValid(signature: signature, of: [0x72], publicKey: key.publicKey))
        #expect(!SigningKey.isValid(signature: signature, of: [0x73], publicKey: key.publicKey))
        #expect(!"\(key)".contains("4ccd"))
    }

    @Test func `SLIP-0010 is that of its first test vector`() throws {
        let seed = try #require(Hex.bytes(of: "000102030405060708090a0b0c0d0e0f"))
        let tree = SLIP10(seed: seed)
        #expect(
            Hex.text(of: tree.key([]).publicKey)
                == "a4b2856bfec510abab89753fac1ac0e1112364e7d250545963f135f2a33188ed"
        )
        #expect(
            Hex.text(of: tree.key([0, 1, 2, 2, 1_000_000_000]).publicKey)
                == "3c24da049451555d51a7014a37337aa4e12d41e485abccfa46b47dfb2af54b7a"
        )
    }

    @Test(arguments: [
        ("", ""), ("61", "2g"), ("626262", "a3gV"), ("636363", "aPEr"),
        ("73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2"),
        (
            "00eb15231dfceb60925886b67d065299925915aeb172c06647",
            "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"
        ),
        ("516b6fcd0f", "ABnLTmg"), ("bf4f89001e670274dd", "3SEo3LWLoPntC"),
        ("572e4794", "3EFU7m"), ("ecac89cad93923c02321", "EJDM8drfXA6uyA"),
        ("10c8511e", "Rt5zm"), ("00000000000000000000", "1111111111"),
    ])
    func `base58 is bitcoin's`(hex: String, text: String) throws {
        let bytes = try #require(Hex.bytes(of: hex))
        #expect(Base58.text(of: bytes) == text)
        #expect(Base58.bytes(of: text) == bytes)
    }

    @Test(arguments: ["0", "O", "I", "l", "ab cd", "é"])
    func `other characters are not base58`(text: String) {
        #expect(Base58.bytes(of: text) == nil)
    }

    @Test func `hexadecimal refuses half a byte and other characters`() {
        #expect(Hex.bytes(of: "abc") == nil)
        #expect(Hex.bytes(of: "zz") == nil)
        #expect(Hex.bytes(of: "AbCd") == [0xAB, 0xCD])
    }

    @Test func `a public key is a canonical point of the main group`() {
        let key = SigningKey(seed: [UInt8](repeating: 7, count: 32)).publicKey
        #expect(Ed25519Point.isPublicKey(key))
        let rest = [UInt8](repeating: 0, count: 31)
        let ones = [UInt8](repeating: 0xFF, count: 30)
        // Of order 4 and 1; not canonical; no point; too short.
        for bytes in [[0] + rest, [1] + rest, [0xEE] + ones + [0x7F], [2] + rest, [0]] {
            #expect(!Ed25519Point.isPublicKey(bytes))
        }
    }
}
