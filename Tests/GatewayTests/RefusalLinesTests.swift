import GatewayCore
import Testing

/// stranger 2, 8: each refusal is one line of the log, and a flood of them fills no disk.
@Suite("The log of refusals") struct RefusalLinesTests {
    /// The lines that so many refusals in one second get.
    private func written(
        _ count: Int,
        hasKey: Bool,
        _ lines: inout RefusalLines,
        at second: Int64
    ) -> Int {
        var written = 0
        for _ in 0..<count where lines.take(hasKey: hasKey, at: second) { written += 1 }
        return written
    }

    @Test func `each refusal has a line, up to a flood in one second`() {
        var lines = RefusalLines()
        let ofNobody = written(100, hasKey: false, &lines, at: 7)
        #expect(ofNobody == 20)
        // A flood without keys leaves the lines of keys alone.
        let ofKey = written(1, hasKey: true, &lines, at: 7)
        #expect(ofKey == 1)
        let left = [7, 8, 9].map { lines.takeLeftOut(at: $0) }
        #expect(left == [0, 80, 0])
        let ofKeys = written(500, hasKey: true, &lines, at: 9)
        #expect(ofKeys == 200)
    }
}
