import Contracts
import Destinations
import Messaging
import PolicyCore
import SettlementCore
import Storage

/// Faults that a message kills services by, and that people with keys make use of.
extension Mutation {
    // MARK: Poison

    static let poison = [
        skipping(
            "death-forgotten",
            in: .settlement,
            "nobody remembers which message was at hand when the service died",
            "INSERT INTO suspect",
            workloads: ["insiders"],
            alone: [.trap]
        ),
        skipping(
            "put-aside-forgotten",
            in: .notifier,
            "a message of which the service has died twice is dropped",
            "INSERT INTO put_aside",
            workloads: ["insiders"],
            alone: [.trap]
        ),
        Mutation(
            "oversize-row",
            in: .settlement,
            "a message is stored that its receiver does not take",
            statement: { sql in
                guard sql.head.hasPrefix("INSERT INTO outbox"),
                    sql.values.contains(where: { $0.text == RecordEvents.wireName })
                else { return .none }
                var other = sql
                for index in sql.parts.indices {
                    guard case .blob(let bytes) = sql.parts[index].value, bytes.last == 0x7d
                    else { continue }
                    let spaces = [UInt8](repeating: 0x20, count: 8 << 20)
                    other.parts[index].value = .blob(bytes.dropLast() + spaces + [0x7d])
                }
                return .replace(other)
            },
            workloads: ["neighbours"]
        ),
    ]

    // MARK: People with keys

    static let insiders = [
        Mutation(
            "requester-approves",
            in: .policy,
            "the key that asked for a payment may say yes to it",
            input: { input in
                guard case .decideApproval(var request)? = input as? PolicyInput else {
                    return input
                }
                request.decidedBy = APIKey.ID("key_of_nobody")
                return PolicyInput.decideApproval(request)
            },
            workloads: ["insiders"]
        ),
        skipping(
            "token-name-forgotten",
            in: .gateway,
            "a signed token's name opens as many requests as are signed with it",
            "INSERT INTO session_use",
            workloads: ["insiders"]
        ),
        Mutation(
            "rail-grant-ignored",
            in: .settlement,
            "whoever has no grant of a rail has the first organisation's",
            statement: { sql in
                sql.head.contains("FROM rail_grant")
                    ? .replace(
                        """
                        SELECT organisation_id, rail, asset, NULL, NULL, 0, day_head, 0
                        FROM rail_grant LIMIT 1
                        """
                    ) : .none
            },
            workloads: ["insiders"]
        ),
        Mutation(
            "batch-digest-ignored",
            in: .policy,
            "a batch's key stands for the batch whatever its items are",
            input: { input in
                guard case .authorizePayments(var request)? = input as? PolicyInput else {
                    return input
                }
                for index in request.payments.indices {
                    request.payments[index].compound?.digest = String(repeating: "5", count: 64)
                }
                return PolicyInput.authorizePayments(request)
            },
            workloads: ["repeats"],
            needs: [.otherItems]
        ),
        Mutation(
            "closed-with-locked-money",
            in: .settlement,
            "a wallet closes whose money an escrow has",
            statement: { sql in
                sql.head.hasPrefix("SELECT 1 FROM escrow_account WHERE wallet_id")
                    ? .replace("SELECT 1 WHERE 0") : .none
            },
            workloads: ["proofs"],
            needs: [.closing]
        ),
        Mutation(
            "windows-go-back",
            in: .policy,
            "the greatest time that a wallet's windows have seen is not kept",
            statement: { sql in
                guard sql.head.hasPrefix("UPDATE binding SET") else { return .none }
                return sql.changing(after: "latest_at = ") { _ in .integer(0) }
            },
            workloads: ["payments"],
            needs: [.clockStep]
        ),
        Mutation(
            "external-shared",
            in: .settlement,
            "all organisations' money comes from one account of the world outside",
            statement: { sql in
                guard sql.head.contains("ledger_account"),
                    sql.values.contains(where: { $0.text == "external" })
                else { return .none }
                return sql.changing { $0.hasPrefix("org_") ? "org_one" : nil }
            },
            workloads: ["neighbours"]
        ),
        Mutation(
            "judgement-ignored",
            in: .settlement,
            "an escrow's receiver is paid whatever Policy says of them",
            input: { input in
                guard case .endJudgedEscrows(var command)? = input as? SettlementInput else {
                    return input
                }
                for index in command.moves.indices { command.moves[index].isAllowed = true }
                return SettlementInput.endJudgedEscrows(command)
            },
            workloads: ["detours"]
        ),
        Mutation(
            "dear-route-taken",
            in: .settlement,
            "nobody asks what the routes of an invoice cost",
            input: { input in
                guard case .executePayments(var command)? = input as? SettlementInput else {
                    return input
                }
                for index in command.payments.indices {
                    let text = command.payments[index].order.destination.value
                    guard case .invoice(var invoice)? = try? DestinationParser.decode(text).content,
                        !invoice.routes.isEmpty
                    else { continue }
                    invoice.routes = []
                    command.payments[index].order.destination.value =
                        invoice.text(signedBy: Town.outsideNode)
                }
                return SettlementInput.executePayments(command)
            },
            workloads: ["rails"]
        ),
    ]
}
