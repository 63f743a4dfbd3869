import Contracts
import Foundation
import JSON
import ServiceHost
import Storage
import Testing

@testable import Messaging

@Suite struct `What a process dies at` {
    @Test func `is handled alone the next time, and put aside at the second death`() throws {
        let database = try FailingDatabase()
        let journal = FakeJournal()
        let first = try Bench(on: database, journal: journal)
        try first.put(Keep(numbers: [1]), id: "msg_1")
        try first.put(Keep(numbers: [2]), id: "msg_2")
        try first.turn()
        let hold = try #require(journal.begun.first { $0.name == "msg_2" })
        #expect(hold.kind == .message)

        journal.lastDeath = Death(isTrap: true, kind: .message, name: "msg_3", bytes: hold.bytes)
        let second = try Bench(on: database, journal: journal)
        #expect(journal.lastDeath == nil, "it stands in the database now")
        #expect(second.observer.deaths == ["message msg_3"])
        let before = database.writeCount
        try second.put(Keep(numbers: [4]), id: "msg_3")
        try second.put(Keep(numbers: [8]), id: "msg_4")
        try second.turn()
        #expect(database.writeCount - before > 1, "not in one transaction with another")
        #expect(try second.total() == 15, "and it has its effect when nothing happens")
        #expect(try second.suspectCount() == 0)

        for _ in 1...2 {
            journal.lastDeath = Death(isTrap: true, kind: .suspect, name: "message msg_5")
            _ = try Bench(on: database, journal: journal)
        }
        let third = try Bench(on: database, journal: journal)
        try third.put(Keep(numbers: [16]), id: "msg_5")
        try third.put(Keep(numbers: [32]), id: "msg_6")
        try third.turn()
        #expect(try third.total() == 47)
        #expect(try third.count(.putAside) == 1)
        #expect(third.observer.casesForOperator == 1)
        let notices = try third.transport.take(Acknowledge.self).compactMap(\.body.deadLetters)
        #expect(notices.flatMap(\.self).map(\.id.rawValue) == ["msg_5"])
    }

    @Test func `is not put aside because somebody kills the process`() throws {
        let database = try FailingDatabase()
        let journal = FakeJournal()
        for _ in 1...4 {
            journal.lastDeath = Death(isTrap: false, kind: .message, name: "msg_1")
            _ = try Bench(on: database, journal: journal)
        }
        let bench = try Bench(on: database, journal: journal)
        try bench.put(Keep(numbers: [1]), id: "msg_1")
        try bench.turn()
        #expect(try bench.total() == 1)
        #expect(try bench.suspectCount() == 0)
    }

    @Test func `of a request is known again in another envelope, item by item`() throws {
        let database = try FailingDatabase()
        let journal = FakeJournal()
        let first = try Bench(on: database, journal: journal)
        func request(_ amounts: [Int], _ correlation: String) -> Add {
            var add = Add()
            add.items = amounts.map {
                let id = "\(correlation)\($0)"
                let address = ReturnAddress(instance: "gateway-1", correlationID: id)
                return Add.Item(amount: $0, returnAddress: address)
            }
            return add
        }
        let address = ReturnAddress(instance: "gateway-1", correlationID: "c")
        try first.put(request([1, 2, 4], "a"), id: "msg_1", replyTo: address)
        try first.turn()
        let held = try #require(journal.begun.first { $0.kind == .request })
        journal.lastDeath = Death(isTrap: true, kind: .request, name: "msg_1", bytes: held.bytes)

        let second = try Bench(on: database, journal: journal)
        #expect(second.observer.deaths.count == 3)
        journal.begun = []
        try second.put(request([2, 8], "b"), id: "msg_2", replyTo: address)
        try second.turn()
        #expect(try second.total() == 17)
        let name = try #require(journal.begun.first { $0.kind == .suspect }?.name)
        #expect(journal.begun.last?.name == name, "what is suspected comes after the others")
        _ = try second.transport.take(Sums.self)

        for _ in 1...2 {
            journal.lastDeath = Death(isTrap: true, kind: .suspect, name: name)
            _ = try Bench(on: database, journal: journal)
        }
        let third = try Bench(on: database, journal: journal)
        try third.put(request([2, 16], "c"), id: "msg_3", replyTo: address)
        try third.turn()
        #expect(try third.total() == 33)
        let refusal = try #require(try third.transport.take(RequestRefused.self).first)
        #expect(refusal.body.code == .invalidRequest)
        let sums = try third.transport.take(Sums.self).flatMap { $0.body.sums.map(\.correlationID) }
        #expect(sums == ["c16"])
        #expect(try third.count(.putAside) == 0, "its client has been told")
    }

    @Test func `while it is read is not read again`() throws {
        let database = try FailingDatabase()
        let journal = FakeJournal()
        let text = #"{"id":"msg_1","type":"settlement.keep.v1","source":"x","sentAt":1,"#
        let bytes = Array((text + #""payload":{"numbers":[1]}}"#).utf8)
        for _ in 1...2 {
            journal.lastDeath = Death(isTrap: true, kind: .reading, name: "", bytes: bytes)
            _ = try Bench(on: database, journal: journal)
        }
        let bench = try Bench(on: database, journal: journal)
        journal.begun = []
        bench.put(bytes)
        try bench.turn()
        #expect(!journal.begun.contains { $0.kind == .reading })
        #expect(try bench.total() == 0)
        #expect(try bench.count(.putAside) == 1)
    }

    @Test func `at two pulses lets the rest be done before the next pulse`() throws {
        let database = try FailingDatabase()
        let journal = FakeJournal()
        for _ in 1...2 {
            journal.lastDeath = Death(isTrap: true, kind: .pulse)
            _ = try Bench(on: database, journal: journal)
        }
        let bench = try Bench(on: database, journal: journal)
        journal.begun = []
        try bench.put(Keep(numbers: [1]), id: "msg_1")
        try bench.turn(after: 59_000)
        #expect(try bench.total() == 1)
        #expect(!journal.begun.contains { $0.kind == .pulse })
        try bench.turn(after: 2000)
        #expect(journal.begun.contains { $0.kind == .pulse })
        #expect(try bench.suspectCount() == 0)
    }

    @Test func `is found by the process itself, at the second fault`() async throws {
        // Three lives of a real process, in which a message is a planted trap.
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("at-hand-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path
        await #expect(processExitsWith: .failure) { [path = path as String] in
            try Lives.live(in: path)
        }
        #expect(try Lives.total(in: path) == 0, "the batch was rolled back as a whole")
        await #expect(processExitsWith: .failure) { [path = path as String] in
            try Lives.live(in: path)
        }
        #expect(try Lives.total(in: path) == 5, "all others were handled before it")
        await #expect(processExitsWith: .success) { [path = path as String] in
            try Lives.live(in: path)
        }
        #expect(try Lives.total(in: path) == 5)
        let bench = try Bench(on: try FailingDatabase(path: path + "/test.sqlite"))
        #expect(try bench.count(.putAside) == 1)
    }

    @Test func `is nothing when the disk is what fails`() async {
        await #expect(processExitsWith: .exitCode(74)) {
            let inner = try FailingDatabase()
            inner.failure = StorageError(.uncertain, message: "planted")
            let database = EndingDatabase(inner, log: Log(service: .policy))
            try database.write { _ throws(StorageError) in }
        }
    }
}

/// Lives of a process with a planted trap.
enum Lives {
    static func live(in folder: String) throws {
        let bench = try Bench(
            on: try FailingDatabase(path: folder + "/test.sqlite"),
            journal: try SystemAtHandJournal(path: folder + "/at-hand")
        )
        try bench.put(Keep(numbers: [1]), id: "msg_1")
        try bench.put(Keep(numbers: [TestMachine.trap]), id: "msg_2")
        try bench.put(Keep(numbers: [4]), id: "msg_3")
        try bench.turn()
    }

    static func total(in folder: String) throws -> Int {
        try Bench(on: try FailingDatabase(path: folder + "/test.sqlite")).total()
    }
}

/// A journal that remembers, and whose process never dies.
final class FakeJournal: AtHandJournal {
    struct Entry {
        var kind: AtHand
        var name: String
        var bytes: [UInt8]
    }

    var lastDeath: Death?
    var begun: [Entry] = []

    func forgetDeath() { lastDeath = nil }

    func begin(_ kind: AtHand, _ name: String, bytes: [UInt8]) {
        begun.append(Entry(kind: kind, name: name, bytes: bytes))
    }

    func end() {}
}
