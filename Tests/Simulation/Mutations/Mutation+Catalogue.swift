import Contracts
import Messaging
import Storage

extension Mutation {
    /// The planted faults: a simulator that does not find one of them is blind there.
    public static let all: [Mutation] =
        hosts + policy + ledger + settlement + escrow + notifier + rules + edges + organisations
        + poison + insiders + takenOver + owners + onlookers

    /// The service, in the words of a table.
    public var serviceName: String { service.rawValue }

    /// How a fault was found.
    public struct Hunt: Sendable {
        /// The seed that found it.
        public var seed: UInt64

        /// How many seeds were tried, with that one.
        public var tries: Int

        /// What was found.
        public var finding: String
    }

    /// Runs seeds until one finds the fault: the one that is known to find it, and then others.
    ///
    /// - Parameters:
    ///   - seed: The first of the others.
    ///   - limit: The greatest number of others.
    ///   - steps: The events of a run.
    ///   - isAfresh: Whether nothing is known of seeds.
    /// - Returns: What found it; `nil` when nothing does.
    public func hunt(from seed: UInt64, limit: Int, steps: Int, isAfresh: Bool) -> Hunt? {
        let known = isAfresh ? nil : Self.knownSeeds[name]
        let seeds = (known.map { [$0] } ?? []) + (0..<limit).map { seed &+ UInt64($0) }
        for (number, seed) in seeds.enumerated() {
            var options = Simulation.Options(seed: seed)
            // While a service is away, the others' waiting is most of what happens.
            options.steps = isAlone ? 8 * steps : steps
            options.mutation = self
            options.workloads = workloads
            let report = Simulation(options).run()
            if let finding = report.findings.first {
                return Hunt(seed: seed, tries: number + 1, finding: finding)
            }
        }
        return nil
    }

    // MARK: What the host does

    private static let hosts = [
        Mutation(
            "policy-answers-before-commit",
            in: .policy,
            "what a transaction decided is sent, and then the transaction is lost",
            answersBeforeCommit: true
        ),
        Mutation(
            "settlement-answers-before-commit",
            in: .settlement,
            "what a transaction decided is sent, and then the transaction is lost",
            answersBeforeCommit: true,
            workloads: ["payouts", "directory"],
            needs: [.transactionCrash]
        ),
        skipping(
            "forget-outbox",
            in: .policy,
            "commands are sent from memory and stand in no outbox",
            "INSERT INTO outbox"
        ),
        skipping(
            "skip-inbox",
            in: .settlement,
            "nobody looks whether a message was handled before, and no payment is found again",
            "INSERT INTO inbox",
            also: { sql in
                sql.head.hasSuffix("WHERE payment.id = ") ? .replace("SELECT 1 WHERE 0") : .none
            }
        ),
        losing("lose-order", in: .policy, ExecutePayments.self),
        losing("lose-release", in: .settlement, ReleaseAuthorizations.self),
        losing("lose-event", in: .settlement, RecordEvents.self),
    ]

    // MARK: Policy

    private static let policy = [
        Mutation(
            "forget-reservation",
            in: .policy,
            "an authorization does not count in its windows",
            statement: { sql in
                isWindow(sql) ? .skip(1) : .none
            }
        ),
        Mutation(
            "window-off-by-one",
            in: .policy,
            "the hour's count is one too low",
            statement: { sql in
                guard sql.head.hasPrefix("UPDATE binding SET hour_count = "),
                    case .integer(let count) = sql.parts[0].value, count > 0
                else { return .none }
                var other = sql
                other.parts[0].value = .integer(count - 1)
                return .replace(other)
            }
        ),
        Mutation(
            "short-window",
            in: .policy,
            "the sum of the day is forgotten whenever it is written",
            statement: { sql in
                guard sql.head.hasPrefix("UPDATE spending_window SET day_minor = ") else {
                    return .none
                }
                var other = sql
                other.parts[0].value = .integer(0)
                return .replace(other)
            }
        ),
        skipping(
            "approve-twice",
            in: .policy,
            "an approval stays undecided after it was given",
            "UPDATE approval"
        ),
        skipping(
            "release-twice",
            in: .policy,
            "a reservation that was given back is not marked",
            "UPDATE authorization SET state = 'released'"
        ),
        skipping(
            "forget-policy-change",
            in: .policy,
            "a change of a policy is answered and not made",
            "UPDATE policy SET"
        ),
    ]

    private static func isWindow(_ sql: SQL) -> Bool {
        sql.head.hasPrefix("UPDATE spending_window") || sql.head.hasPrefix("INSERT INTO spending_w")
            || sql.head.hasPrefix("UPDATE binding SET hour_count")
    }

    // MARK: The ledger

    private static let ledger = [
        Mutation(
            "swap-postings",
            in: .settlement,
            "the two postings of an entry are exchanged",
            statement: { sql in
                guard sql.head.hasPrefix("INSERT INTO posting"), sql.parts.count == 6 else {
                    return .none
                }
                var other = sql
                other.parts[1].value = sql.parts[4].value
                other.parts[4].value = sql.parts[1].value
                return .replace(other)
            }
        ),
        Mutation(
            "posting-off-by-one",
            in: .settlement,
            "a cent is lost on its way",
            statement: { sql in
                guard sql.head.hasPrefix("INSERT INTO posting"), sql.parts.count == 6,
                    case .integer(let amount) = sql.parts[5].value, amount > 1
                else { return .none }
                var other = sql
                other.parts[5].value = .integer(amount - 1)
                return .replace(other)
            }
        ),
        Mutation(
            "forget-credit",
            in: .settlement,
            "an account's balance is not written",
            statement: { sql in
                guard sql.head.hasPrefix("UPDATE ledger_account SET posted_minor"),
                    case .integer(let amount) = sql.parts[0].value, amount > 0
                else { return .none }
                return .skip(1)
            }
        ),
        skipping(
            "forget-hold",
            in: .settlement,
            "what is on its way over a rail can be spent again",
            "UPDATE ledger_account SET held_minor = held_minor + "
        ),
        skipping(
            "hold-never-ends",
            in: .settlement,
            "the end of a hold is not written",
            "UPDATE hold SET state"
        ),
        skipping(
            "broken-chain",
            in: .settlement,
            "the head of the journal's chain stays where it is",
            "UPDATE ledger_head"
        ),
    ]

    // MARK: Settlement

    private static let settlement = [
        skipping(
            "deposit-twice",
            in: .settlement,
            "a deposit's reference is not kept",
            "INSERT INTO deposit"
        ),
        Mutation(
            "forget-defunding",
            in: .settlement,
            "money that goes back to the reserve leaves no transaction behind",
            statement: { sql in
                let isDefunding = sql.parts.contains { part in
                    if case .text("defunding") = part.value { true } else { false }
                }
                return sql.head.hasPrefix("INSERT INTO payment") && isDefunding ? .skip(1) : .none
            },
            workloads: ["deposits"]
        ),
        skipping(
            "invoice-twice",
            in: .settlement,
            "nobody remembers that an invoice is paid",
            "INSERT INTO single_use"
        ),
        Mutation(
            "part-taken-for-all",
            in: .settlement,
            "the yes to the first part of a batch pays all of it",
            statement: { sql in
                sql.head.hasPrefix("SELECT 1 FROM payout\nWHERE batch_number")
                    ? .replace("SELECT 1 WHERE 0") : .none
            },
            workloads: ["payouts"]
        ),
        Mutation(
            "rest-never-paid",
            in: .settlement,
            "what the first turn does not pay of a batch is forgotten",
            statement: { sql in
                sql.head.contains("WHERE paid_through IS NOT NULL ORDER BY")
                    ? .replace("SELECT 1 WHERE 0") : .none
            },
            workloads: ["payouts"]
        ),
        skipping(
            "claim-expires-twice",
            in: .settlement,
            "a claim whose money went back still waits",
            "UPDATE payout SET status = 'cancelled', entry_sequence"
        ),
        skipping(
            "ignore-freeze",
            in: .settlement,
            "a frozen wallet stays active",
            "UPDATE wallet SET status"
        ),
        skipping(
            "forget-directory",
            in: .settlement,
            "a destination that was taken away can still be paid",
            "DELETE FROM directory_entry"
        ),
        skipping(
            "payout-twice",
            in: .settlement,
            "a claim that was paid out still waits",
            "UPDATE payout SET status = 'settled'"
        ),
        skipping(
            "escrow-ends-twice",
            in: .settlement,
            "the end of an escrow is not written",
            "UPDATE escrow_account SET receiver_wallet_id"
        ),
        Mutation(
            "send-again",
            in: .settlement,
            "a rail is ordered twice to pay",
            outgoing: { outgoing in
                outgoing + outgoing.filter { ($0.body as? RailOrder)?.verb == .send }
            }
        ),
        Mutation(
            "fee-not-counted",
            in: .settlement,
            "the payer's windows are told that a rail took nothing",
            outgoing: { outgoing in
                outgoing.map { message in
                    guard var fees = message.body as? SettleFees else { return message }
                    for index in fees.fees.indices { fees.fees[index].fee = 0 }
                    return .command(fees, to: .policy)
                }
            },
            workloads: ["rails"]
        ),
    ]

    // MARK: Escrow and Notifier

    private static let escrow = [
        Mutation(
            "refund-released",
            in: .escrow,
            "the money of a released escrow goes back to its payer",
            outgoing: { outgoing in
                outgoing.map { message in
                    guard var move = message.body as? EndEscrows else { return message }
                    for index in move.moves.indices { move.moves[index].toReceiver = 0 }
                    return .command(move, to: .settlement)
                }
            }
        ),
        skipping(
            "forget-ending",
            in: .escrow,
            "what becomes of an escrow is not written",
            "UPDATE escrow SET status"
        ),
        skipping(
            "forget-signature",
            in: .escrow,
            "the state of a group's release is not written",
            "UPDATE group_release SET status"
        ),
    ]

    private static let notifier = [
        Mutation(
            "gap-in-events",
            in: .notifier,
            "a number of the event log is skipped",
            statement: { sql in
                guard sql.head.hasPrefix("INSERT INTO event_sequence"),
                    case .integer(let last) = sql.parts[1].value
                else { return .none }
                var other = sql
                other.parts[1].value = .integer(last + 1)
                return .replace(other)
            }
        ),
        skipping(
            "forget-delivery",
            in: .notifier,
            "an event is told to nobody",
            "INSERT INTO delivery (id"
        ),
    ]

    // MARK: Making

    static func skipping(
        _ name: String,
        in service: ServiceName,
        _ summary: String,
        _ beginning: String,
        workloads: [String]? = nil,
        alone: Set<FaultPlan.Kind>? = nil,
        also: (@Sendable (SQL) -> Change)? = nil
    ) -> Mutation {
        Mutation(
            name,
            in: service,
            summary,
            statement: { sql in
                sql.head.hasPrefix(beginning) ? .skip(1) : also?(sql) ?? .none
            },
            workloads: workloads,
            needs: alone ?? [],
            isAlone: alone != nil
        )
    }

    private static func losing(
        _ name: String,
        in service: ServiceName,
        _ type: any Message.Type
    ) -> Mutation {
        let wireName = type.wireName
        return Mutation(
            name,
            in: service,
            "\(wireName) is decided and never sent",
            outgoing: { outgoing in
                outgoing.filter { Swift.type(of: $0.body).wireName != wireName }
            }
        )
    }
}
