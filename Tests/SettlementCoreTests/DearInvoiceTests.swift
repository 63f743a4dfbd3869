import Contracts
import Crypto
import Destinations
import JSON
import Messaging
import SettlementCore
import Testing

/// An invoice whose own routes take more than is held for the fee is not paid, however it came
/// (review 15; issue 11, point 21).
@Suite struct `Invoices with dear routes` {
    private static let payee = NodeKey(seed: [UInt8](repeating: 4, count: 32), purpose: "payee")
    private static let metadata = #"[["text/plain","bob"]]"#

    private let settlement: SettlementHarness

    init() throws {
        settlement = try SettlementHarness.withBitcoin()
        try settlement.send(.openRails(OpenRails(organisation: SettlementHarness.organisation)))
    }

    /// An invoice of 1,000 satoshis whose routes take base fees in thousandths of one.
    private func invoice(_ fees: [UInt32], says description: String? = nil) -> String {
        var invoice = Invoice(
            network: .bitcoin,
            millisatoshis: 1_000_000,
            createdAt: settlement.now,
            paymentHash: [UInt8](repeating: 1, count: 32),
            paymentSecret: [UInt8](repeating: 2, count: 32),
            description: "",
            payee: Self.payee.publicKey
        )
        invoice.descriptionHash = description.map { SHA256.digest(of: Array($0.utf8)) }
        invoice.routes = fees.map { [Self.hop(baseFee: $0)] }
        return invoice.text(signedBy: Self.payee)
    }

    private static func hop(baseFee: UInt32) -> Invoice.Hop {
        Invoice.Hop(
            node: payee.publicKey,
            channel: 7,
            baseFee: baseFee,
            proportionalFee: 0,
            expiryDelta: 40
        )
    }

    private func pay(_ id: String, _ text: String) throws -> SettlementHarness.Executed {
        var order = settlement.order(id, 1, to: try DestinationParser.parse(text))
        order.amount = Money(minorUnits: 1000, asset: .btc)
        return try settlement.execute(order)
    }

    private func held() throws -> MinorUnits? {
        try settlement.wallet("wal_ada").balances.first { $0.asset == .btc }?.held
    }

    /// Of 1,000 satoshis 10 are held for the fee.
    private static let routes: [(fees: [UInt32], isPaid: Bool)] = [
        ([], true), ([10_000], true), ([10_001], false), ([.max], false),
        ([.max, 10_000], true), ([10_001, 20_000], false),
    ]

    @Test(arguments: routes)
    func `review 15: an invoice is paid when one of its routes takes no more than is held`(
        fees: [UInt32],
        isPaid: Bool
    ) throws {
        let paid = try pay("1", invoice(fees))
        #expect(paid.failure == (isPaid ? nil : .noRail))
        #expect(try held() == (isPaid ? 1010 : 0))
        #expect(paid.released == (isPaid ? [] : [Payment.ID("tx_1")]))
    }

    @Test(arguments: routes)
    func `review 15: the invoice that a Lightning address hands out is held to the same`(
        fees: [UInt32],
        isPaid: Bool
    ) throws {
        #expect(try pay("1", "bob@pay.example").outcome == nil)
        let conditions: JSONObject = [
            "tag": "payRequest", "callback": "https://pay.example/cb", "minSendable": 1,
            "maxSendable": 1_000_000_000, "metadata": .string(Self.metadata),
        ]
        _ = try answer("conditions", conditions)
        let text = invoice(fees, says: Self.metadata)
        let sent = try answer("invoice", ["pr": .string(text)])
        let orders = sent.compactMap { ($0.body as? RailOrder)?.destination.value }
        #expect(orders == (isPaid ? [text] : []))
        #expect(try held() == (isPaid ? 1010 : 0))
        let released = sent.command(ReleaseAuthorizations.self)?.payments
        #expect(released == (isPaid ? nil : [Payment.ID("tx_1")]))
    }

    private func answer(_ step: String, _ object: JSONObject) throws -> [Outgoing] {
        let body = JSONValue.object(object).bytes()
        let result = HTTPExchangeResult(
            id: "lnurl:\(step):tx_1",
            status: 200,
            body: body,
            byteCount: body.count,
            isComplete: true,
            milliseconds: 1
        )
        return try settlement.send(
            .exchangesEnded(HTTPExchangesEnded(results: [result])),
            isAnswered: false
        )
    }
}
