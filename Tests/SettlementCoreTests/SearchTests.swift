import Contracts
import Messaging
import SQLiteStorage
import SettlementCore
import Storage
import Testing

/// What no index tells is looked for among so many payments, and the next page goes on there
/// (issue 11, point 16).
@Suite struct `Searches among payments` {
    private let harness: SettlementHarness

    /// A wallet whose first payment was followed by eleven thousand others.
    init() throws {
        harness = try SettlementHarness.withWallets()
        try harness.fund("wal_bob", 5)
        _ = try harness.database.write { transaction throws(StorageError) in
            try transaction.execute(
                """
                WITH RECURSIVE numbers (value) AS
                    (VALUES (100) UNION ALL SELECT value + 1 FROM numbers WHERE value < 11099)
                INSERT INTO payment (number, id, organisation_id, wallet_id, wallet_number,
                    recipient_number, recipient_wallet_id, type, status, recipient, asset,
                    amount_minor, amount_text, digest, created_at)
                SELECT value, 'tx_' || value, organisation_id, wallet_id, wallet_number,
                    recipient_number, recipient_wallet_id, 'payment', 'blocked', 'somebody', asset,
                    amount_minor, amount_text, digest, created_at + value
                FROM payment, numbers WHERE recipient_wallet_id = 'wal_bob'
                """
            )
        }
    }

    private func pages(_ question: ListPayments) throws -> (count: Int, found: [PaymentSnapshot]) {
        var question = question
        var count = 0
        var found: [PaymentSnapshot] = []
        repeat {
            let list = try harness.ask(.listPayments(question), PaymentList.self)
            count += 1
            found += list.payments
            question.page.after = list.next
        } while question.page.after != nil
        return (count, found)
    }

    @Test(arguments: [Wallet.ID("wal_bob"), nil])
    func `a search goes through all in pages that look at five thousand`(party: Wallet.ID?) throws {
        let (count, found) = try pages(
            ListPayments(
                organisation: SettlementHarness.organisation,
                party: party,
                type: .funding,
                page: PageRequest()
            )
        )
        #expect(count == 3)
        #expect(found.map(\.recipientWallet).contains(Wallet.ID("wal_bob")))
        #expect(Set(found.map(\.id)).count == found.count)
    }

    @Test func `a search in a time ends with the time`() throws {
        let (count, found) = try pages(
            ListPayments(
                organisation: SettlementHarness.organisation,
                to: "nobody",
                since: harness.now.advanced(byMilliseconds: 9000),
                page: PageRequest()
            )
        )
        #expect(count == 1 && found.isEmpty)
    }

    @Test func `an index tells what was blocked, in full pages`() throws {
        let list = try harness.ask(
            .listPayments(
                ListPayments(
                    organisation: SettlementHarness.organisation,
                    status: .blocked,
                    page: PageRequest(limit: 100)
                )
            ),
            PaymentList.self
        )
        #expect(list.payments.count == 100)
        #expect(list.next?.id == "11000")
    }
}
