import Contracts
import Glibc
import SQLiteStorage
import Storage
import Testing

@testable import Messaging
@testable import ServiceHost

@Suite("The thread of surveys") struct SurveyThreadTests {
    @Test func `a survey is answered from what is committed, by another connection`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/policy.sqlite"
        let database = try SQLiteDatabase(path: path)
        try database.migrate(Counting.migrations)
        let thread = SurveyThread(Counting(), path: path)
        defer { thread.stop() }
        for count in 1...3 {
            _ = try database.write { transaction throws(StorageError) in
                try transaction.execute("INSERT INTO item (name) VALUES ('x')")
            }
            #expect(thread.take(survey(of: "a")))
            #expect(answers(of: thread) == [count])
        }
    }

    @Test func `what nobody waits for any more is not answered`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/policy.sqlite"
        let database = try SQLiteDatabase(path: path)
        try database.migrate(Counting.migrations)
        let thread = SurveyThread(Counting(), path: path)
        defer { thread.stop() }
        #expect(thread.take(survey(of: "a", deadline: 0)))
        #expect(thread.take(survey(of: "a")))
        #expect(answers(of: thread) == [0])
    }

    @Test func `accounts take turns, and none fills the queue`() {
        var queue = SurveyQueue<CountingInput>()
        for number in 0..<SurveyQueue<CountingInput>.perAccount + 1 {
            let isTaken = queue.add(survey(of: "a"))
            #expect(isTaken == (number < SurveyQueue<CountingInput>.perAccount))
        }
        let others = [queue.add(survey(of: "b")), queue.add(survey(of: "b"))]
        #expect(others == [true, true])
        let order = (0..<5).compactMap { _ in queue.next()?.account }
        #expect(order == ["a", "b", "a", "b", "a"])
        while queue.next() != nil {}
        let isTakenAgain = queue.add(survey(of: "a"))
        #expect(isTakenAgain)
    }

    private func survey(of account: String, deadline: Int64 = .max) -> Survey<CountingInput> {
        Survey(
            account: account,
            message: Received(
                .count,
                at: Timestamp(milliseconds: 0),
                returnAddress: ReturnAddress(instance: "gateway-1", correlationID: "c")
            ),
            deadline: deadline,
            type: "policy.count.v1",
            cause: Cause(id: MessageReference.ID("m"), traceparent: nil)
        )
    }

    /// The counts of the answers that come first.
    private func answers(of thread: SurveyThread<Counting>) -> [Int] {
        var query = pollfd(fd: thread.fileDescriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&query, 1, 60_000)
        return thread.takeAnswers().flatMap(\.outgoing).compactMap {
            ($0.body as? Counted)?.count
        }
    }
}

private enum CountingInput: Sendable {
    case count
}

private struct Counted: Message {
    static let wireName = "policy.counted.v1"
    var count: Int
}

/// Counts the rows of a table.
private struct Counting: StateMachine {
    static let service = ServiceName.policy
    static let migrations = [
        Migration("counting-001", ["CREATE TABLE item (name TEXT NOT NULL) STRICT"])
    ]
    static let inputs = InputTable<CountingInput>([])
    static let pulse = CountingInput.count

    func handle(
        _ message: Received<CountingInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let count = try transaction.first("SELECT count(*) FROM item") { Int($0.integer(0)) } ?? 0
        return message.returnAddress.map { [.reply(Counted(count: count), to: $0)] } ?? []
    }
}
