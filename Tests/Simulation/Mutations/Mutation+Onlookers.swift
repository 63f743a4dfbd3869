import Contracts
import EscrowCore
import Messaging
import PolicyCore
import SettlementCore
import Storage

/// Faults that show people what is not theirs, and that decide by rules of before.
extension Mutation {
    static let onlookers = [
        Mutation(
            "hash-shown",
            in: .escrow,
            "an escrow is said to have ended while its receiver could still be paid by its hash",
            outgoing: { outgoing in
                outgoing.map { message in
                    guard case .reply(let address) = message.route,
                        var reply = message.body as? EscrowReply
                    else { return message }
                    reply.escrow.endedAt = reply.escrow.endedAt ?? reply.escrow.createdAt
                    return .reply(reply, to: address)
                }
            },
            workloads: ["onlookers"]
        ),
        Mutation(
            "receiver-taken-for-payer",
            in: .settlement,
            "a payment is said to be its receiver's",
            outgoing: { outgoing in
                outgoing.map { message in
                    guard case .reply(let address) = message.route,
                        var reply = message.body as? PaymentReply
                    else { return message }
                    reply.payment.wallet = reply.payment.recipientWallet ?? reply.payment.wallet
                    return .reply(reply, to: address)
                }
            },
            workloads: ["onlookers"]
        ),
        Mutation(
            "trace-alone-asked",
            in: .settlement,
            "a trace is said to be paid whatever it paid, and to whom",
            input: { input in
                guard case .findTrace(var question)? = input as? SettlementInput else {
                    return input
                }
                question.amount = nil
                return SettlementInput.findTrace(question)
            },
            workloads: ["onlookers"]
        ),
        Mutation(
            "any-policy-simulated",
            in: .policy,
            "every wallet is said to be under the policy that an agent asks for",
            outgoing: { outgoing in
                outgoing.map { message in
                    guard case .reply(let address) = message.route,
                        var reply = message.body as? Bindings
                    else { return message }
                    for index in reply.bindings.indices {
                        reply.bindings[index].policy.id = Policy.ID("pol_conservative")
                    }
                    return .reply(reply, to: address)
                }
            },
            workloads: ["onlookers"]
        ),
        skipping(
            "revoked-key-opens",
            in: .gateway,
            "a key that was revoked is good for ever",
            "UPDATE api_key SET revoked_at",
            workloads: ["onlookers"]
        ),
        Mutation(
            "policy-change-late",
            in: .policy,
            "everything is decided by what a policy said at first",
            statement: { sql in
                let terms = "version, terms, latest_at"
                guard sql.head.hasPrefix("SELECT number, wallet_id"), sql.head.contains(terms)
                else { return .none }
                var other = sql
                other.head = sql.head.replacing(
                    terms,
                    with: """
                        version, (SELECT first.terms FROM policy_version AS first
                            WHERE first.policy_id = policy.id AND first.version = 1), latest_at
                        """
                )
                return .replace(other)
            },
            workloads: ["onlookers"]
        ),
        Mutation(
            "payout-policy-ignored",
            in: .policy,
            "batches are decided under no policy of the organisation's",
            statement: { sql in
                sql.head.hasPrefix("SELECT payout_policy_id FROM named_policy")
                    ? .replace("SELECT NULL WHERE 0") : .none
            },
            input: { input in
                guard case .authorizeBatch(var command)? = input as? PolicyInput else {
                    return input
                }
                command.policy = Policy.ID("pol_open")
                return PolicyInput.authorizeBatch(command)
            },
            workloads: ["onlookers"]
        ),
        skipping(
            "payout-policy-late",
            in: .policy,
            "what waits for a phone number is paid under the policy of the last batch",
            "UPDATE binding SET policy_id",
            workloads: ["onlookers"]
        ),
        Mutation(
            "claim-detour",
            in: .settlement,
            "what waits for a phone number is paid whatever Policy says of its owner",
            input: { input in
                guard case .settleClaims(var command)? = input as? SettlementInput else {
                    return input
                }
                command.allowed = [command.entry.destination.value]
                return SettlementInput.settleClaims(command)
            },
            workloads: ["onlookers"]
        ),
    ]
}
