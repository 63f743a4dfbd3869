import Contracts
import GatewayCore
import HTTP
import Messaging

extension Call {
    /// Asks for a payment, and waits for what becomes of it.
    ///
    /// - Returns: The payment, and whether it was there before.
    /// - Throws: A refusal before anything was recorded, or no answer.
    func pay(
        _ order: PaymentOrder
    ) async throws(APIFailure) -> (payment: PaymentSnapshot, isReplay: Bool) {
        var order = order
        order.request = requestID
        let outcome = try await ask(AuthorizePayments(payments: [order])).outcomes.first
        if let refusal = outcome?.refusal { throw APIFailure(.refused(refusal)) }
        guard let payment = outcome?.payment else { throw APIFailure(.noAnswer) }
        return (payment, outcome?.isReplay == true)
    }

    /// The answer to an outcome, marked when it is the first one of its key that is told again:
    /// also when it is a refusal.
    func outcome(
        _ isReplay: Bool,
        _ answer: () async throws(APIFailure) -> Response
    ) async throws(APIFailure) -> Response {
        do throws(APIFailure) {
            let response = try await answer()
            return isReplay ? response.replayed : response
        } catch {
            var failure = error
            failure.isReplay = isReplay
            throw failure
        }
    }

    /// The wallet that a destination means in the caller's organisation, if it is one's.
    func owner(
        of destination: Destination,
        written text: String
    ) async throws(APIFailure) -> Wallet.ID? {
        try await ask(
            FindDestination(
                organisation: principal.organisation,
                destination: destination,
                recipient: text
            )
        ).wallet
    }
}
