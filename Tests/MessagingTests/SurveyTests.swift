import Contracts
import Messaging
import Storage
import Testing

@Suite("Surveys") struct SurveyTests {
    private let asker = ReturnAddress(instance: "gateway-1", correlationID: "c1")

    @Test func `a survey is answered beside the mailroom, whose own messages do not wait for it`()
        throws
    {
        let desk = FakeDesk()
        let bench = try Bench(surveys: desk)
        try bench.put(GetTotal(), id: "q", replyTo: asker)
        try bench.put(Keep(numbers: [4]), id: "k")
        try bench.turn()
        #expect(desk.surveys.map(\.account) == ["org_a"])
        #expect(try bench.total() == 4)
        #expect(try bench.transport.take(Total.self).isEmpty)
        desk.answerAll(in: bench.database)
        try bench.turn()
        #expect(try bench.transport.take(Total.self).map(\.body.total) == [4])
    }

    @Test func `a survey that the desk does not take is refused, and can be repeated`() throws {
        let desk = FakeDesk()
        desk.isFull = true
        let bench = try Bench(surveys: desk)
        try bench.put(GetTotal(), id: "q", replyTo: asker)
        try bench.turn()
        #expect(
            try bench.transport.take(RequestRefused.self).map(\.body.code) == [.overloaded]
        )
    }

    @Test func `review 2: an answer that is too large is a refusal, and ends no process`() throws {
        let desk = FakeDesk()
        let bench = try Bench(surveys: desk)
        for id in ["q", "r"] { try bench.put(GetTotal(), id: id, replyTo: asker) }
        try bench.turn()
        desk.answer(by: Shouter(), in: bench.database)
        desk.answerAll(in: bench.database)
        try bench.turn()
        let refusals = try bench.transport.take(RequestRefused.self)
        #expect(refusals.map(\.body.code) == [.invalidRequest])
        #expect(try bench.transport.take(Total.self).count == 1)
    }

    @Test func `a survey of a database that cannot be read is refused`() throws {
        let desk = FakeDesk()
        let bench = try Bench(surveys: desk)
        try bench.put(GetTotal(), id: "q", replyTo: asker)
        try bench.turn()
        desk.answerAll(in: nil)
        try bench.turn()
        #expect(
            try bench.transport.take(RequestRefused.self).map(\.body.code) == [.overloaded]
        )
    }
}

/// A desk that answers when it is told to.
private final class FakeDesk: SurveyDesk {
    var isFull = false
    private(set) var surveys: [Survey<TestInput>] = []
    private var answers: [SurveyAnswer] = []

    func take(_ survey: Survey<TestInput>) -> Bool {
        if isFull { return false }
        surveys.append(survey)
        return true
    }

    func takeAnswers() -> [SurveyAnswer] {
        defer { answers = [] }
        return answers
    }

    /// Answers the first survey as another machine would.
    func answer(by machine: Shouter, in database: any Database) {
        answers.append(SurveyAnswer(to: surveys.removeFirst(), of: machine) { database })
    }

    func answerAll(in database: (any Database)?) {
        for survey in surveys {
            let answer = SurveyAnswer(to: survey, of: TestMachine()) {
                () throws(StorageError) in
                guard let database else { throw StorageError(.unavailable, message: "planted") }
                return database
            }
            answers.append(answer)
        }
        surveys = []
    }
}

/// Answers with more than any receiver takes.
private struct Shouter: StateMachine {
    static let service = ServiceName.policy
    static let migrations: [Migration] = []
    static let inputs = InputTable<TestInput>([])
    static let pulse = TestInput.pulse

    func handle(
        _ message: Received<TestInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let text = String(repeating: "x", count: 20 << 20)
        return message.returnAddress.map { [.reply(Carry(text: text), to: $0)] } ?? []
    }
}
