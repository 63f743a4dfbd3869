import Contracts
import Foundation
import JSON
import Messaging
import Testing

@Suite struct `The golden files` {
    @Test func `every message of the sources is in the catalogue`() throws {
        let wireNames = Catalogue.messages.map { $0.wireName }
        #expect(Set(wireNames).count == wireNames.count, "a wire name stands for one message")
        #expect(try wireNamesOfSources() == Set(wireNames), "add the message to Catalogue.swift")
    }

    @Test func `every message has a golden file, and every golden file a message`() throws {
        let files = try GoldenFile.all()
        let wireNames = Set(Catalogue.messages.map { $0.wireName })
        #expect(Set(files.map(\.wireName)) == wireNames, "write Golden/WIRE-NAME.json")
        #expect(wireNames.subtracting(files.map(\.name)).isEmpty, "the least form is not enough")
    }

    @Test(arguments: Catalogue.messages.indices)
    func `a message is read from its golden file and written as it stands there`(
        index: Int
    ) throws {
        let message = Catalogue.messages[index]
        let files = try GoldenFile.all().filter { $0.wireName == message.wireName }
        for file in files {
            let bytes = try file.bytes()
            let written = try rewrite(bytes, as: message)
            #expect(
                String(decoding: written, as: UTF8.self) == String(decoding: bytes, as: UTF8.self),
                "Golden/\(file.name).json"
            )
        }
    }

    @Test func `a member of another type is not read`() throws {
        let file = try #require(
            try GoldenFile.all().first { $0.wireName == AuthorizePayments.wireName }
        )
        let planted = file.text.replacing("\"minor\": 2500000", with: "\"minor\": \"2500000\"")
        #expect(planted != file.text)
        let bytes = try JSONValue(parsing: Array(planted.utf8)).bytes()
        #expect(throws: DecodingError.self) { try rewrite(bytes, as: AuthorizePayments.self) }
    }

    /// Reads an envelope and writes it again.
    private func rewrite<Body: Message>(_ bytes: [UInt8], as type: Body.Type) throws -> [UInt8] {
        let received = try ReceivedEnvelope(bytes: bytes)
        #expect(received.type == Body.wireName)
        let envelope = Envelope(
            id: received.id,
            source: received.source,
            replyTo: received.returnAddress?.instance,
            correlationID: received.correlationID ?? "",
            causationID: received.causationID,
            traceparent: received.traceparent,
            requestID: received.requestID,
            sentAt: received.sentAt,
            payload: try received.decode(type)
        )
        return try JSON.encode(envelope)
    }

    private func wireNamesOfSources() throws -> Set<String> {
        let pattern = #/static let wireName = "([^"]+)"/#
        let paths = FileManager.default.enumerator(atPath: GoldenFile.contracts.path)
        var names: Set<String> = []
        for case let path as String in try #require(paths) where path.hasSuffix(".swift") {
            let file = GoldenFile.contracts.appendingPathComponent(path)
            let text = try String(contentsOf: file, encoding: .utf8)
            names.formUnion(text.matches(of: pattern).map { String($0.output.1) })
        }
        return names
    }
}
