import Contracts
import Messaging

/// Services that note what they are asked, and answer as they were told.
///
/// Everything happens in one test, one step after the other.
final class FakeServices: ServiceClient, @unchecked Sendable {
    /// What was asked, in order.
    private(set) var questions: [any Request] = []

    /// Answers a question, or throws; `nil` stands for a service that does not answer.
    var answer: (any Request) throws(AskFailure) -> (any Message)? = { _ throws(AskFailure) in nil }

    func ask<Question: Request>(
        _ request: Question
    ) async throws(AskFailure) -> Question.Reply {
        questions.append(request)
        guard let reply = try answer(request) as? Question.Reply else { throw .noAnswer }
        return reply
    }

    /// The wire names of the questions that would have changed something.
    var changes: [String] {
        questions.filter { !($0 is any Query) }.map { type(of: $0).wireName }
    }

    /// Returns the questions of one type, and forgets all.
    func take<Question: Request>(_ type: Question.Type) -> [Question] {
        let taken = questions.compactMap { $0 as? Question }
        questions = []
        return taken
    }
}
