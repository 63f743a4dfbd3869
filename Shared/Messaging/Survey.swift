import Contracts
public import Storage

/// A question that may read thousands of rows, on its way to a ``SurveyDesk``.
public struct Survey<Input: Sendable>: Sendable {
    /// Whose question it is: those who ask take turns.
    public var account: String

    /// The question.
    public var message: Received<Input>

    /// The uptime in microseconds after which nobody waits for the answer any more.
    public var deadline: Int64

    var type: String
    var cause: Cause
}

/// What became of a ``Survey``.
public struct SurveyAnswer: Sendable {
    let type: String
    let address: ReturnAddress?
    let outgoing: [Outgoing]

    /// The answer to a survey: the machine's, or a refusal when the database cannot be read.
    public init<Machine: StateMachine>(
        to survey: Survey<Machine.Input>,
        of machine: Machine,
        in database: () throws(StorageError) -> any Database
    ) {
        var outgoing: [Outgoing] = []
        do throws(StorageError) {
            outgoing = try database().read { transaction throws(StorageError) in
                try machine.handle(survey.message, in: transaction)
            }
        } catch {
            if let address = survey.message.returnAddress {
                let message = "The service cannot use its database at the moment; repeat later."
                outgoing = [.reply(RequestRefused(.overloaded, message: message), to: address)]
            }
        }
        type = survey.type
        address = survey.message.returnAddress
        for case let refusal as RequestRefused in outgoing.map(\.body) {
            outgoing.append(.remark(.refusal(of: survey.type, refusal)))
        }
        self.outgoing = outgoing.map { message in
            var message = message
            message.cause = survey.cause
            return message
        }
    }
}

/// Answers surveys beside the mailroom, each on a snapshot of its own, so that no payment waits
/// for them.
///
/// It belongs to the thread of its mailroom, whatever threads it has itself.
public protocol SurveyDesk<Input>: AnyObject {
    /// The messages of the service.
    associatedtype Input: Sendable

    /// Takes a question; returns `false` when too many of its account wait already.
    func take(_ survey: Survey<Input>) -> Bool

    /// Returns what was answered since the last time.
    func takeAnswers() -> [SurveyAnswer]
}

extension Mailroom {
    /// Gives a survey to the desk; returns `false` when there is none, and the question is answered
    /// like any other.
    func give(_ letter: Letter<Machine.Input>, of account: String, at now: Timestamp) -> Bool {
        guard let desk = surveys else { return false }
        let survey = Survey(
            account: account,
            message: Received(letter.input, at: now, returnAddress: letter.returnAddress),
            deadline: environment.uptimeMicroseconds() + limits.queryMilliseconds * 1000,
            type: letter.type,
            cause: letter.cause
        )
        if !desk.take(survey), let address = letter.returnAddress {
            let message = "Several such questions are being answered already; repeat later."
            refusedSurveys.append(
                .reply(RequestRefused(.overloaded, message: message), to: address)
            )
        }
        return true
    }

    /// Sends the answers that the desk has, and the refusals of what it did not take.
    func sendSurveys() throws {
        guard let desk = surveys else { return }
        try send(try mail(of: refusedSurveys))
        refusedSurveys = []
        for answer in desk.takeAnswers() {
            observer.handled(type: answer.type, count: 1, duplicates: 0)
            for remark in answer.outgoing.compactMap(\.remark) { observer.remarked(remark) }
            try send(try mail(of: answer))
        }
    }

    /// The envelopes of an answer, or of a refusal when it would be larger than its receiver takes:
    /// what one question leads to ends no process.
    private func mail(of answer: SurveyAnswer) throws(StorageError) -> [OutgoingMail] {
        do throws(StorageError) {
            return try mail(of: answer.outgoing.filter { $0.route != .remark })
        } catch {
            observer.failed(error)
            guard let address = answer.address else { return [] }
            let message = "The answer would be too large; ask for less."
            return try mail(of: [
                .reply(RequestRefused(.invalidRequest, message: message), to: address)
            ])
        }
    }
}
