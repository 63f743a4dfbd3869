import Contracts
import Messaging
import PolicyCore
import SQLiteStorage
import Storage
import Testing

/// What one organisation's questions and payments cost has a bound (issue 11, points 4 and 16).
@Suite struct `Reads with a bound` {
    private func create(_ name: String, listed count: Int = 0, in policy: PolicyHarness) throws {
        var terms = PolicyTerms.limits(tx: 5)
        let label = String(repeating: "x", count: 60)
        terms.blockedRecipients = (0..<count).map { "h\($0).\(label).example.com" }
        let reply = try policy.send(
            .createPolicy(
                CreatePolicy(
                    organisation: PolicyHarness.organisation,
                    policy: Policy.ID("pol_" + name),
                    terms: terms
                )
            )
        )
        #expect(reply.first?.body is PolicyReply)
        policy.now = policy.now.advanced(byMilliseconds: 1)
    }

    private func page(
        after position: PagePosition? = nil,
        limit: Int = 100,
        in policy: PolicyHarness
    ) throws -> PolicyList {
        let question = ListPolicies(
            organisation: PolicyHarness.organisation,
            page: PageRequest(limit: limit, after: position)
        )
        return try #require(try policy.send(.listPolicies(question)).first?.body as? PolicyList)
    }

    @Test(arguments: [1, 3, 100])
    func `a page of policies ends at a mebibyte, and the pages have each policy once`(
        limit: Int
    ) throws {
        let policy = try PolicyHarness(.limits())
        policy.now = policy.now.advanced(byMilliseconds: 1)
        let sizes = [0, 2800, 2800, 2800, 0, 2800, 2800, 2800, 2800, 2800, 0]
        for (number, size) in sizes.enumerated() {
            try create("\(number)", listed: size, in: policy)
        }
        var seen: [String] = []
        var position: PagePosition?
        repeat {
            let list = try page(after: position, limit: limit, in: policy)
            let entries = list.policies.flatMap(\.terms.blockedRecipients)
            #expect(entries.reduce(0) { $0 + $1.utf8.count } <= 1 << 20)
            #expect((1...limit).contains(list.policies.count))
            seen += list.policies.map(\.id.rawValue)
            position = list.next
        } while position != nil
        let own = (0..<sizes.count).reversed().map { "pol_\($0)" }
        #expect(seen == own + ["pol_test", "pol_standard", "pol_open", "pol_conservative"])
    }

    @Test func `wallets are shown with their policy, but without its lists`() throws {
        let policy = try PolicyHarness(.limits(tx: 7))
        func bound() throws -> PolicySnapshot? {
            let question = GetBindings(
                organisation: PolicyHarness.organisation,
                wallets: [PolicyHarness.wallet]
            )
            let reply = try policy.send(.getBindings(question)).first?.body as? Bindings
            return reply?.bindings.first?.policy
        }
        var terms = PolicyTerms.limits(tx: 8)
        terms.blockedRecipients = ["example.com"]
        let replace = ReplacePolicy(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_test"),
            expectedVersion: 1,
            terms: terms
        )
        #expect(try bound()?.terms.limits.first?.maxPerTx == 7)
        #expect(try policy.send(.replacePolicy(replace)).first?.body is PolicyReply)
        #expect(try bound()?.terms == .limits(tx: 8))
        #expect(try bound()?.version == 2)
    }

    @Test func `an expired policy's wallets are frozen a thousand in a pulse, and told of once`()
        throws
    {
        var terms = PolicyTerms.limits()
        terms.expiry = Timestamp(milliseconds: 1_800_000_001_000)
        let policy = try PolicyHarness(terms)
        for number in 0..<2298 {
            try policy.bind(Wallet.ID("wal_\(number)"), agent: "agent-\(number)")
        }
        policy.now = policy.now.advanced(byMilliseconds: 2000)
        var frozen: [Wallet.ID] = []
        for expected in [1000, 1000, 300, 0] {
            let outgoing = try policy.send(.pulse)
            let wallets = outgoing.compactMap { ($0.body as? FreezeWallets)?.wallets }
            #expect(wallets.allSatisfy { $0.count <= 500 })
            #expect(wallets.joined().count == expected)
            let events = outgoing.compactMap { ($0.body as? RecordEvents)?.events }.joined()
            #expect(events.map(\.type) == (frozen.isEmpty ? [.policyExpired] : []))
            frozen += wallets.joined()
        }
        #expect(Set(frozen).count == 2300)
    }

    @Test func `expired policies without wallets hold up nobody`() throws {
        let policy = try PolicyHarness(.limits())
        var terms = PolicyTerms.limits()
        terms.expiry = Timestamp(milliseconds: 1_800_000_001_000)
        for number in 0..<99 {
            _ = try policy.send(
                .createPolicy(
                    CreatePolicy(
                        organisation: Organisation.ID("org_2"),
                        policy: Policy.ID("pol_\(number)"),
                        terms: terms
                    )
                )
            )
        }
        policy.now = policy.now.advanced(byMilliseconds: 2000)
        let events = try policy.send(.pulse).compactMap { $0.body as? RecordEvents }
        #expect(events.count == 99)
        #expect(try policy.send(.pulse).isEmpty)
    }

    private func freesAt(_ decision: DecidedPayment.Decision) -> Timestamp? {
        guard case .denied(let violations) = decision else { return nil }
        return violations.first?.freesAt
    }

    @Test func `when a window frees is never said too early, and not beyond a thousand payments`()
        throws
    {
        let policy = try PolicyHarness(.limits(day: 1100))
        let start = policy.now
        for number in 0..<1100 {
            policy.now = start.advanced(byMilliseconds: Int64(number))
            #expect(try policy.pay("p\(number)", 1) == .approved)
            // What was denied in between is passed over.
            _ = try policy.pay("d\(number)", 1101)
        }
        let day = PolicyHarness.day
        #expect(freesAt(try policy.pay("a", 1)) == start.advanced(byMilliseconds: day))
        let last = start.advanced(byMilliseconds: day + 999)
        #expect(freesAt(try policy.pay("b", 1000)) == last)
        #expect(freesAt(try policy.pay("c", 1001)) == nil)
        policy.now = last.advanced(byMilliseconds: -1)
        #expect(!policy.rules(try policy.pay("e", 1000)).isEmpty)
        policy.now = last
        #expect(try policy.pay("f", 1000) == .approved)
    }

    @Test func `the hour frees when enough payments have left it`() throws {
        let policy = try PolicyHarness(.limits(velocity: 3))
        let start = policy.now
        for number in 0..<3 {
            policy.now = start.advanced(byMilliseconds: Int64(number) * 10)
            #expect(try policy.pay("p\(number)", 1) == .approved)
        }
        #expect(
            freesAt(try policy.pay("a", 1)) == start.advanced(byMilliseconds: PolicyHarness.hour)
        )
        let replace = ReplacePolicy(
            organisation: PolicyHarness.organisation,
            policy: Policy.ID("pol_test"),
            expectedVersion: 1,
            terms: .limits(velocity: 1)
        )
        _ = try policy.send(.replacePolicy(replace))
        let third = start.advanced(byMilliseconds: PolicyHarness.hour + 20)
        #expect(freesAt(try policy.pay("b", 1)) == third)
    }

    @Test(arguments: [true, false])
    func `what a reader finds due is written with the next pulse`(isDenial: Bool) throws {
        let policy = try PolicyHarness(.limits(tx: 1, day: 600))
        for number in 0..<600 { _ = try policy.pay("p\(number)", 1) }
        policy.now = policy.now.advanced(byMilliseconds: PolicyHarness.day)
        func stored() throws -> Int64? {
            try policy.database.read { transaction throws(StorageError) in
                try transaction.first("SELECT day_minor FROM spending_window") { $0.integer(0) }
            }
        }
        if isDenial {
            #expect(policy.rules(try policy.pay("d", 2)) == [.maxPerTx])
        } else {
            #expect(try policy.budget().windows.first?.used == "0.00")
        }
        #expect(try stored() == 600)
        #expect(try policy.send(.pulse).isEmpty)
        #expect(try stored() == 0)
        #expect(try policy.pay("q", 1) == .approved)
        #expect(try stored() == 1)
    }

    @Test func `review 2: pages of large approvals have each once, and none is over a mebibyte`()
        throws
    {
        let policy = try PolicyHarness(.limits(coSign: 1))
        for number in 10..<50 {
            let order = policy.order("a\(number)", 5)
            let sent = try policy.send(.authorizePayments(AuthorizePayments(payments: [order])))
            #expect(sent.contains { $0.body is ExecutePayments })
            policy.now = policy.now.advanced(byMilliseconds: 1)
        }
        // A text that was taken before texts were held against what they mean.
        let old = "\"recipient\":\"" + String(repeating: "w", count: 60_000) + "\""
        _ = try policy.database.write { transaction throws(StorageError) in
            try transaction.execute(
                """
                UPDATE approval SET payment_order =
                    replace(payment_order, '"recipient":"wal_payee"', \(old))
                """
            )
        }
        var names: [String] = []
        var position: PagePosition?
        repeat {
            let question = ListApprovals(
                organisation: PolicyHarness.organisation,
                page: PageRequest(limit: 100, after: position)
            )
            let reply = try policy.send(.listApprovals(question)).first?.body
            let list = try #require(reply as? ApprovalList)
            #expect((1...(1 << 20) / 60_000).contains(list.approvals.count))
            names += list.approvals.map(\.id.rawValue)
            position = list.next
        } while position != nil
        #expect(names == (10..<50).reversed().map { "apr_a\($0)" })
    }
}
