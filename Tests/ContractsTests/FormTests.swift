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
        digest: "d"
    )

    @Test(arguments: ["0.20", "0.2", "0.200000", "00.20"])
    func `an amount's text says the amount`(text: String) {
        var order = Self.order
        order.amountText = text
        #expect(order.formProblem == nil)
    }

    @Test(arguments: ["0.10", "", "200000", "-0.20", "0.2000001", "2e-1", "0.20 "])
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
        #expect(policy.formProblem == "A limit is negative.")
    }

    private static let organisation = Organisation.ID("org_1")
    private static let uuid = "00000000-0000-4000-8000-000000000001"

    /// Messages with something wrong, each beside one with nothing wrong.
    private static let pairs: [(good: any Message, bad: any Message)] = [
        (
            WithdrawReserve(organisation: organisation, reference: "r", amount: money(1)),
            WithdrawReserve(organisation: organisation, reference: "r", amount: money(-1))
        ),
        (
            DepositReserve(organisation: organisation, reference: "r", amount: money(1)),
            DepositReserve(organisation: organisation, reference: "r", amount: money(1 << 53))
        ),
        (
            GrantRail(grant: RailGrant(organisation: organisation, rail: "b", asset: .btc)),
            GrantRail(
                grant: RailGrant(organisation: organisation, rail: "b", asset: .btc, maxPerDay: -1)
            )
        ),
        (
            OpenGroup(organisation: organisation, members: [uuid], threshold: 1, asset: .btc),
            OpenGroup(organisation: organisation, members: ["Bob"], threshold: 1, asset: .btc)
        ),
        (
            OpenGroup(organisation: organisation, members: [uuid], threshold: 1, asset: .btc),
            OpenGroup(organisation: organisation, members: [uuid], threshold: 0, asset: .btc)
        ),
        (
            CreateBatch(organisation: organisation, batch: uuid, name: "June"),
            CreateBatch(organisation: organisation, batch: uuid.uppercased() + "A", name: "June")
        ),
        (payouts(phone: "27821239876", amount: 1), payouts(phone: "+27821239876", amount: 1)),
        (payouts(phone: "27821239876", amount: 1), payouts(phone: "27821239876", amount: 0)),
        (invoice(1000, "tea"), invoice(0, "tea")),
        (invoice(1000, "tea"), invoice(1000, String(repeating: "\u{20D0}", count: 300))),
    ]

    private static func money(_ minorUnits: Int64) -> Money {
        Money(minorUnits: MinorUnits(minorUnits), asset: .usdc)
    }

    private static func payouts(phone: String, amount: Int64) -> AddPayouts {
        AddPayouts(
            organisation: organisation,
            batch: uuid,
            replaces: false,
            payouts: [PayoutOrder(id: uuid, phone: phone, amount: MinorUnits(amount))]
        )
    }

    private static func invoice(_ millisatoshis: Int64, _ description: String) -> IssueInvoice {
        IssueInvoice(
            organisation: organisation,
            id: "inv_1",
            wallet: Wallet.ID("wal_1"),
            millisatoshis: millisatoshis,
            description: description,
            expirySeconds: 3600
        )
    }

    @Test func `each rule refuses what breaks it alone`() {
        for (good, bad) in Self.pairs {
            #expect(good.formProblem == nil, "\(good)")
            #expect(bad.formProblem != nil, "\(bad)")
        }
    }
}
