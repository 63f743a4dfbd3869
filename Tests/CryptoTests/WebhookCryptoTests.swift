import Crypto
import Testing

@Suite("Base64 and HMAC with SHA-256") struct WebhookCryptoTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `base64 is that of RFC 4648`(plain: String, text: String) {
        #expect(Base64.text(of: Array(plain.utf8)) == text)
        #expect(Base64.bytes(of: text) == Array(plain.utf8))
    }

    @Test func `every byte is read as it was written`() {
        let bytes = (0...255).map { UInt8($0) }
        for count in 0...bytes.count {
            let part = Array(bytes.suffix(count))
            #expect(Base64.bytes(of: Base64.text(of: part)) == part)
        }
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9", "Zm9v\n", " Zm9v", "Zm9-", "=Zg=", "Zg==Zg==",
    ])
    func `another spelling is not base64`(text: String) {
        #expect(Base64.bytes(of: text) == nil)
    }

    /// The second test case of RFC 4231.
    @Test func `a code is that of RFC 4231`() {
        let code = HMACSHA256.code(
            of: Array("what do ya want for nothing?".utf8),
            key: Array("Jefe".utf8)
        )
        #expect(
            Hex.text(of: code)
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        )
    }
}
