import Contracts
import GatewayCore
import HTTP
import JSON
import Messaging
import Testing

@testable import Dialects

/// Whoever is paid sees what came, and nothing of the payer's rules, whichever way they look.
@Suite struct `What a receiver sees of a payment` {
    private static let policy = "pol_conservative"
    private let bench: GatewayBench

    init() throws {
        bench = try GatewayBench()
    }

    /// The bench's agent has the wallet `wal_payer`: the other side of the payment is another's.
    private func answerWith(_ payment: PaymentSnapshot) {
        let event = EventRecord(
            id: Event.ID("evt_1"),
            organisation: payment.organisation,
            type: .transactionFailed,
            occurredAt: payment.createdAt,
            wallets: [payment.wallet, GatewayBench.wallet],
            data: EventData(payment: payment)
        )
        bench.services.answer = { question throws(AskFailure) in
            switch question {
            case is GetPayment: PaymentReply(payment: payment)
            case is GetWallet: WalletReply(wallet: Self.wallet(of: payment.organisation))
            case is ListPayments: PaymentList(payments: [payment], next: nil)
            case is BrowsePayments: PaymentPage(payments: [payment], total: 1)
            case is FindAgents:
                AgentList(agents: [
                    KnownAgent(agent: "me", wallet: GatewayBench.wallet)
                ])
            case is ListEvents:
                EventList(
                    events: [SequencedEvent(sequence: 1, event: event)],
                    hasMore: false,
                    lastSequence: 1
                )
            default: nil
            }
        }
    }

    private static func wallet(of organisation: Organisation.ID) -> WalletSnapshot {
        WalletSnapshot(
            id: GatewayBench.wallet,
            organisation: organisation,
            agent: "me",
            tags: [],
            status: .active,
            solanaAddress: "address",
            balances: [],
            createdAt: Timestamp(milliseconds: 1_777_464_000_000)
        )
    }

    private func payment(from payer: Wallet.ID, asset: Asset = .usdc) -> PaymentSnapshot {
        PaymentSnapshot(
            id: Payment.ID("tx_01kqcf1800vkdzgtvxa65hv0dc"),
            organisation: bench.organisation,
            wallet: payer,
            type: .payment,
            status: .failed,
            recipient: "wal_receiver",
            recipientWallet: payer == GatewayBench.wallet ? nil : GatewayBench.wallet,
            amount: Money(minorUnits: 1, asset: asset),
            amountText: "0.000001",
            payerBalance: 4242,
            fee: 77,
            policy: Policy.ID(Self.policy),
            violations: [Violation(rule: .maxPerTx, limit: "5.00", attempted: "9.00")],
            approval: Approval.ID("apr_1"),
            failure: .insufficientFunds,
            digest: "d",
            createdAt: Timestamp(milliseconds: 1_777_464_000_000)
        )
    }

    private static let paths = [
        "/v1/payments/tx_01kqcf1800vkdzgtvxa65hv0dc",
        "/v1/transactions/tx_01kqcf1800vkdzgtvxa65hv0dc", "/v1/payments",
        "/v1/wallets/wal_payer/transactions", "/v1/events",
        "/api/payments/pay_01kqcf1800vkdzgtvxa65hv0dc", "/api/payments/agent/me",
    ]

    private static let secrets = [
        policy, "max_per_tx", "apr_1", "0.000077", "4242", "insufficient_funds",
        #""policy_triggered":true"#,
    ]

    @Test(arguments: paths)
    func `the payer's rules, approval, fee and lack are the payer's to know`(
        path: String
    ) async {
        let asset = path.hasPrefix("/api/") ? Asset.sol : .usdc
        answerWith(payment(from: Wallet.ID("wal_other"), asset: asset))
        let received = await text(path, as: .agent)
        for secret in Self.secrets { #expect(!received.contains(secret), "\(secret) \(path)") }
        let known = await text(path, as: .operator)
        #expect(known.contains("max_per_tx"), "\(path) \(known)")
        answerWith(payment(from: GatewayBench.wallet, asset: asset))
        #expect(await text(path, as: .agent).contains("max_per_tx"), "\(path)")
    }

    private func text(_ path: String, as keyClass: KeyClass) async -> String {
        let answer = await bench.send(.get, path, as: keyClass)
        #expect(answer.status == 200, "\(path)")
        let value = answer.list.isEmpty ? JSONValue.object(answer.object) : .array(answer.list)
        return String(decoding: value.bytes(), as: UTF8.self)
    }
}
