import Contracts
import Foundation
import GatewayCore
import JSON
import Testing

@testable import Dialects

@Suite struct `The reference of errors` {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private let page = ReferencePage.html()

    @Test func `a code has one entry`() {
        let codes = ErrorReference.entries.map(\.code)
        #expect(Set(codes).count == codes.count)
    }

    @Test(arguments: RequestRefused.Code.allCases)
    func `a refusal of a service is explained`(code: RequestRefused.Code) {
        #expect(ErrorReference.entries.contains { $0.code == code.rawValue })
    }

    /// The dialects with envelopes of their own have no link to follow.
    @Test func `a code in the sources of the gateway is explained`() throws {
        let sources = try Self.sources()
        let inline = sources.flatMap { $0.matches(of: /APIFailure\(\s*\d+,\s*"([a-z_]+)"/) }
            .map { String($0.output.1) }
        #expect(inline.contains("rate_limited"), "the sources are found")
        let known = Set(ErrorReference.entries.map(\.code) + ["refused"])
        for code in Set(inline).subtracting(known).sorted() {
            Issue.record("ErrorReference lacks \(code)")
        }
    }

    @Test func `a code of a field is explained`() throws {
        let literals = try Self.sources().flatMap { source in
            source.matches(of: /\bnote\(\s*[^,()]*(?:\([^()]*\))?[^,()]*,\s*"([a-z_]+)"/).map {
                String($0.output.1)
            }
                + source.matches(of: /\.init\(\s*field: [^,]+,\s*code: "([a-z_]+)"/).map {
                    String($0.output.1)
                }
        }
        let amounts = AmountProblem.allCases.map {
            $0.rawValue.replacing("-", with: "_")
        }
        let known = Set(FieldReference.entries.map(\.code))
        #expect(Set(literals).isSuperset(of: ["required", "repeated"]), "the sources are found")
        for code in Set(literals + amounts).subtracting(known).sorted() {
            Issue.record("FieldReference lacks \(code)")
        }
    }

    /// Stranger 2, row 10: every error linked to a place that did not exist.
    @Test(arguments: ErrorReference.entries.map(\.code))
    func `the link of an error leads to its place on the page`(code: String) {
        let answer = NativeDialect().answer(APIFailure(400, code, "No."), requestID: "req_1")
        #expect(Answer(answer).error["docs"]?.stringValue == "/docs#\(code)")
        #expect(page.ranges(of: "id=\"\(code)\"").count == 1)
    }

    @Test func `no two places of the page have the same name`() {
        let names = page.matches(of: /id="([^"]+)"/).map { String($0.output.1) }
        #expect(Set(names).count == names.count)
    }

    @Test func `the page loads nothing and runs nothing`() {
        for word in ["<script", "<link", "<img", "src=", "http://", "@import"] {
            #expect(!page.contains(word))
        }
    }

    @Test func `the page Errors_md has the same rows`() throws {
        let path = "Shared/Contracts/Contracts.docc/Errors.md"
        let written = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        let rows = written.split(separator: "\n").filter { $0.hasPrefix("| <a id=") }
        #expect(rows.map(String.init) == ErrorReference.entries.map(\.markdown))
        for entry in FieldReference.entries {
            #expect(written.contains("| `\(entry.code)` | \(entry.meaning) |"))
        }
        for entry in RuleReference.entries {
            #expect(written.contains("| `\(entry.rule.rawValue)` | \(entry.meaning) |"))
        }
    }

    private static func sources() throws -> [String] {
        let folder = root.appending(path: "Services/Gateway")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path())
        return try paths.filter { $0.hasSuffix(".swift") && !$0.hasSuffix("Reference.swift") }
            .sorted().map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }
    }
}
