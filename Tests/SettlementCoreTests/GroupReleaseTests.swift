import Contracts
import Destinations
import Messaging
import SettlementCore
import Testing

/// What a destination asks for also holds for a group's release to it.
@Suite struct `Releases to invoices and offers` {
    private static let members = [
        "a15e0b6d-76ed-4443-b83f-ade9eca2681a", "b9126674-b07d-49b6-bf4f-48d965b2242b",
    ]

    /// It asks for 1,000 satoshis.
    private static let offer = Destination(
        kind: .bolt12Offer,
        value: """
            lno1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msjzfpy7nz5yqcnygrfdej82um5wf5k2ucky\
            ypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg
            """
    )

    private let settlement: SettlementHarness
    private let group: GroupSnapshot

    init() throws {
        settlement = try SettlementHarness.withBitcoin()
        let request = OpenGroup(
            organisation: SettlementHarness.organisation,
            members: Self.members,
            threshold: 1,
            asset: .btc
        )
        let told = try settlement.send(.openGroup(request)).command(RecordGroup.self)
        group = try #require(told?.group)
        var order = settlement.order(
            "in",
            1,
            to: Destination(kind: .group, value: group.id.rawValue)
        )
        order.amount = Money(minorUnits: 100_000, asset: .btc)
        #expect(try settlement.execute(order).status == .confirmed)
    }

    private func release(
        _ name: String,
        _ amount: MinorUnits,
        to destination: Destination
    ) throws -> (failure: RequestRefused.Code?, given: [Payment.ID]?) {
        let move = GroupMove(
            release: GroupRelease.ID("rel_" + name),
            organisation: SettlementHarness.organisation,
            group: group.id,
            destination: destination,
            recipient: destination.value,
            receiverWallet: Wallet.ID("wal_bob"),
            amount: Money(minorUnits: amount, asset: .btc),
            amountText: "0.0001",
            signers: [Self.members[0]],
            signatures: [GroupSignature(member: Self.members[0], wallet: Wallet.ID("wal_ada"))],
            authorizations: [Payment.ID("tx_group_" + name)]
        )
        let sent = try settlement.send(.moveGroups(MoveGroups(moves: [move])), isAnswered: false)
        let end = try #require(sent.command(RecordGroupMoves.self)?.ends.first)
        return (end.failure, sent.command(ReleaseAuthorizations.self)?.payments)
    }

    @Test func `R1, R6: nothing is released to an invoice, not even to one of the house`() throws {
        let issue = IssueInvoice(
            organisation: SettlementHarness.organisation,
            id: "one",
            wallet: Wallet.ID("wal_bob"),
            millisatoshis: 500_000,
            description: "",
            expirySeconds: 3600
        )
        let issued = try settlement.send(.issueInvoice(issue))
        let record = try #require(issued.command(RecordDestination.self))
        let invoice = record.entry.destination
        #expect(invoice.kind == .bolt11)
        for (name, amount) in [("less", 1), ("all", 500)] as [(String, MinorUnits)] {
            let end = try release(name, amount, to: invoice)
            #expect(end.failure == .noRail && end.given == [Payment.ID("tx_group_" + name)])
        }
        #expect(try settlement.available("wal_bob", .btc) == 0)
        var order = settlement.order("pay", 1, to: invoice)
        order.amount = Money(minorUnits: 500, asset: .btc)
        #expect(try settlement.execute(order).status == .confirmed, "it can be paid, once")
        order.id = Payment.ID("tx_again")
        #expect(try settlement.execute(order).failure == .conflict)
    }

    @Test func `nothing is released to a group`() throws {
        let other = Destination(kind: .group, value: group.id.rawValue)
        #expect(try release("1", 5, to: other).failure == .destinationUnknown)
    }

    @Test func `R10, F18: a release to an offer keeps what the offer asks for`() throws {
        let request = RegisterDestination(
            organisation: SettlementHarness.organisation,
            entry: DirectoryEntry.ID("dst_offer"),
            wallet: Wallet.ID("wal_bob"),
            destination: Self.offer
        )
        #expect(try settlement.refusal(.registerDestination(request)) == nil)
        let least = try least()
        let little = try release("little", least.subtracting(1) ?? 0, to: Self.offer)
        #expect(little.failure == .invalidRequest && little.given != nil)
        #expect(try release("enough", least, to: Self.offer).failure == nil)
        #expect(try settlement.available("wal_bob", .btc) == least.rawValue)
    }

    private func least() throws -> MinorUnits {
        guard case .offer(let offer) = try DestinationParser.decode(Self.offer.value).content,
            let satoshis = offer.satoshis
        else { throw DestinationProblem("The offer asks for nothing.") }
        return MinorUnits(satoshis)
    }
}
