import Contracts
import Messaging
import PolicyCore
import Testing

/// A policy speaks for the assets that it names (stranger, row 4).
@Suite("The assets of a policy") struct SpokenForTests {
    private func decision(_ terms: PolicyTerms, _ asset: Asset) throws -> [PolicyRule] {
        let harness = try PolicyHarness(terms)
        var order = harness.order("a", 1)
        order.amount = Money(minorUnits: 1, asset: asset)
        order.amountText = order.amount.text
        let outgoing = try harness.send(
            .authorizePayments(AuthorizePayments(payments: [order]))
        )
        let executed = outgoing.compactMap { $0.body as? ExecutePayments }.first
        return harness.rules(try #require(executed?.payments.first).decision)
    }

    @Test(arguments: [
        (PolicyTerms.limits(tx: 20), [Asset.usdc]),
        (PolicyTerms(name: "No limits"), [.usdc]),
        (PolicyTerms(name: "Bitcoin", currency: .btc), [.btc]),
        (PolicyTerms(name: "Two", limits: [AssetLimits(asset: .sol, maxPerTx: 5)]), [.sol, .usdc]),
        (PolicyTerms(name: "Listed", assets: [.usdc, .sol]), [.sol, .usdc]),
        (PolicyTerms(name: "Narrow", assets: [.sol]), [.sol]),
        (
            PolicyTerms(
                name: "Both",
                limits: [AssetLimits(asset: .usdc, maxPerTx: 5)],
                assets: [.sol]
            ), [.sol, .usdc]
        ),
    ])
    func `other assets are denied`(terms: PolicyTerms, named: [Asset]) throws {
        for asset in Asset.all {
            #expect(
                try decision(terms, asset) == (named.contains(asset) ? [] : [.currency]),
                "\(terms.name) \(asset.rawValue)"
            )
        }
    }

    @Test func `the open preset names every asset, the others USDC`() throws {
        let harness = try PolicyHarness(.limits())
        for (policy, named) in [
            ("pol_open", Asset.all), ("pol_standard", [.usdc]), ("pol_conservative", [.usdc]),
        ] {
            for asset in Asset.all {
                let outgoing = try harness.send(
                    .simulatePayment(
                        SimulatePayment(
                            organisation: PolicyHarness.organisation,
                            policy: Policy.ID(policy),
                            destination: Destination(kind: .agent, value: "payee"),
                            amount: Money(minorUnits: 1, asset: asset)
                        )
                    )
                )
                let reply = outgoing.first?.body as? PaymentSimulation
                #expect(reply?.decision == (named.contains(asset) ? .approved : .denied))
            }
        }
    }
}
