import Contracts
import Destinations
import Foundation
import Testing

@Suite("What the fuzzer found") struct CorpusTests {
    @Test func `every text ends, and its canonical form means the same`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
        #expect(names.count > 200)
        for name in names {
            let data = try Data(contentsOf: folder.appending(path: name))
            let text = String(decoding: data, as: UTF8.self)
            guard let decoded = try? DestinationParser.decode(text) else { continue }
            let again = try? DestinationParser.decode(decoded.destination.text)
            #expect(again == decoded, Comment(rawValue: name))
        }
    }
}
