import Contracts
import Testing

/// What comes over the bus is checked as what comes over HTTP is.
@Suite("The form of messages") struct FormTests {
    private static let order = PaymentOrder(
        id: Payment.ID("tx_1"),
        organisation: Organisation.ID("org_1"),
        wallet: Wallet.ID("wal_1"),
        destination: Destination(kind: .wallet, value: "wal_2"),
        recipient: "wal_2",
        amount: Money(minorUnits: 200_000, asset: .usdc),
        amountText: "0.20",
        digest: String(repeating: "d", count: 64)
    )

    @Test(arguments: ["0.20", "0.200000", "00.20"])
    func `an amount's text says the amount`(text: String) {
        var order = Self.order
        order.amountText = text
        #expect(order.formProblem == nil)
    }

    @Test(arguments: ["0.10", "0.2", "", "200000", "-0.20", "0.2000001", "2e-1", "0.20 "])
    func `a text that says another amount, or none, is refused`(text: String) {
        var order = Self.order
        order.amountText = text
        #expect(order.formProblem != nil)
    }

    @Test func `bounds are of bytes`() {
        var order = Self.order
        order.memo = String(repeating: "a", count: 1000)
        #expect(order.formProblem == nil)
        // One character of 801 bytes is not one byte.
        order.memo = String(repeating: "a" + String(repeating: "\u{20D0}", count: 199), count: 30)
        #expect(order.formProblem != nil)
        var terms = PolicyTerms(name: "x")
        terms.allowedRecipients = ["a" + String(repeating: "\u{20D0}", count: 300)]
        let policy = CreatePolicy(
            organisation: Organisation.ID("org_1"),
            policy: Policy.ID("pol_1"),
            terms: terms
        )
        #expect(policy.formProblem != nil)
    }

    @Test func `identifiers are well-formed`() {
        var order = Self.order
        order.id = Payment.ID("x")
        #expect(order.formProblem != nil)
        order = Self.order
        order.wallet = Wallet.ID("")
        #expect(order.formProblem != nil)
    }

    @Test func `a policy has no negative limit`() {
        let limits = AssetLimits(asset: .usdc, maxPerTx: -5)
        let policy = CreatePolicy(
            organisation: Organisation.ID("org_1"),
            policy: Policy.ID("pol_1"),
            terms: PolicyTerms(name: "x", limits: [limits])
        )
        #expect(policy.formProblem == "A limit is negative, or velocityCap is less than 1.")
    }
}
