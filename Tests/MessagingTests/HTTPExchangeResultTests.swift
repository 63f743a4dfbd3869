import Messaging
import Testing

/// What is kept of an answer of somebody else.
@Suite struct `Answers of other servers` {
    @Test(
        arguments: [
            (Array("good".utf8), "good"), ([0x61, 0, 0x62], "a\u{FFFD}b"), ([0xFF], "\u{FFFD}"),
            (Array("longer than that".utf8), "longer t"), ([], ""),
        ] as [([UInt8], String)]
    )
    func `the text of an answer can be stored and sent on`(body: [UInt8], text: String) {
        let result = HTTPExchangeResult(
            id: "one",
            status: 200,
            body: body,
            byteCount: body.count,
            isComplete: true,
            milliseconds: 1
        )
        #expect(result.text(8) == text)
    }
}
