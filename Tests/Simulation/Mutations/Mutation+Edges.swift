import Contracts
import Messaging
import PolicyCore
import Storage

/// Faults of the kinds that honest clients with small amounts never meet.
extension Mutation {
    // MARK: Rules

    static let rules = [
        rewriting(
            "block-list-by-bytes",
            in: .policy,
            "the entries of a block list are kept in another spelling than they are compared in",
            workloads: ["rules"]
        ) { text in
            guard let list = text.member("blockedRecipients") else { return nil }
            return text.replacing(list, with: list.uppercased())
        },
        rewriting(
            "block-list-forgotten",
            in: .policy,
            "a block list is taken, and not kept",
            workloads: ["detours"]
        ) { $0.emptying("blockedRecipients") },
        rewriting(
            "allow-list-forgotten",
            in: .policy,
            "an allow list is taken, and not kept",
            workloads: ["rules"]
        ) { $0.emptying("allowedRecipients") },
        rewriting(
            "categories-forgotten",
            in: .policy,
            "blocked categories are taken, and not kept",
            workloads: ["rules"]
        ) { $0.emptying("blockedCategories") },
        Mutation(
            "members-ignored",
            in: .policy,
            "nobody asks who the members of a group are that is paid",
            statement: { sql in
                sql.head.hasPrefix("SELECT member FROM known_group_member")
                    ? .replace("SELECT 'nobody'") : .none
            },
            workloads: ["detours"],
            needs: [.detours]
        ),
        rewriting(
            "expiry-ignored",
            in: .policy,
            "a policy does not expire",
            workloads: ["rules"]
        ) { $0.renaming("expiry") },
        rewriting(
            "currency-ignored",
            in: .policy,
            "a policy lets assets through that it does not name",
            workloads: ["rules"]
        ) { text in
            text.contains("\"assets\":[\"USDC\"]")
                ? text.replacing("\"assets\":[\"USDC\"]", with: "\"assets\":[\"USDC\",\"BTC\"]")
                : nil
        },
        rewriting(
            "co-sign-ignored",
            in: .policy,
            "nobody is asked for a yes",
            workloads: ["approvals"]
        ) { $0.renaming("requireCoSign") },
        rewriting(
            "limit-too-low",
            in: .policy,
            "the greatest payment is one unit less than a policy says",
            workloads: ["edges"]
        ) { text in
            text.contains("\"maxPerTx\":4000000")
                ? text.replacing("\"maxPerTx\":4000000", with: "\"maxPerTx\":3999999") : nil
        },
        Mutation(
            "other-names-forgotten",
            in: .policy,
            "a recipient is known by the name alone that is written",
            statement: { sql in
                sql.head.hasPrefix("SELECT kind, value, category FROM known_destination")
                    ? .replace("SELECT '', '', NULL WHERE 0") : .none
            },
            workloads: ["rules"]
        ),
        Mutation(
            "month-forgotten",
            in: .policy,
            "the sum of the month is forgotten whenever it is written",
            statement: { sql in
                guard sql.head.hasPrefix("UPDATE spending_window SET day_minor = ") else {
                    return .none
                }
                return sql.changing(after: "month_minor = ") { _ in .integer(0) }
            },
            workloads: ["rules"]
        ),
    ]

    // MARK: Amounts, texts, repeats

    static let edges = [
        Mutation(
            "window-sum-wraps",
            in: .policy,
            "the sum of a day loses what is above 2^32",
            statement: { sql in
                guard sql.head.contains("spending_window"), !sql.head.hasPrefix("SELECT") else {
                    return .none
                }
                var other = sql
                for index in sql.parts.indices {
                    guard case .integer(let sum) = sql.parts[index].value, sum > 1 << 40,
                        sum >= Edge.most - 1
                    else { continue }
                    other.parts[index].value = .integer(sum & 0xFFFF_FFFF)
                }
                return .replace(other)
            },
            workloads: ["edges"]
        ),
        Mutation(
            "content-ignored",
            in: .policy,
            "a key that comes again is answered whatever comes with it",
            input: { input in
                guard case .authorizePayments(var request)? = input as? PolicyInput else {
                    return input
                }
                for index in request.payments.indices {
                    request.payments[index].digest = String(repeating: "5", count: 64)
                }
                return PolicyInput.authorizePayments(request)
            },
            workloads: ["payments"]
        ),
        Mutation(
            "repeat-not-marked",
            in: .settlement,
            "the answer to a repeat does not say that it is one",
            outgoing: { outgoing in
                outgoing.map { message in
                    guard var reply = message.body as? PaymentOutcomes,
                        case .reply(let address) = message.route
                    else { return message }
                    for index in reply.outcomes.indices { reply.outcomes[index].isReplay = false }
                    return .reply(reply, to: address)
                }
            },
            workloads: ["repeats"]
        ),
        Mutation(
            "memo-cut",
            in: .settlement,
            "a memo is kept as far as its 40th byte",
            statement: { sql in
                guard sql.head.hasPrefix("INSERT INTO payment ") else { return .none }
                return sql.changing { text in
                    text.utf8.count > 150 && text.first == "x" ? String(text.prefix(40)) : nil
                }
            },
            workloads: ["edges"]
        ),
        rewriting(
            "attester-forgotten",
            in: .escrow,
            "whose word releases an escrow is taken, and not kept",
            workloads: ["proofs"]
        ) { $0.renaming("attesterPublicKey") },
        rewriting(
            "expected-hash-forgotten",
            in: .escrow,
            "which output is expected is taken, and not kept",
            workloads: ["proofs"]
        ) { $0.renaming("expectedOutputHash") },
        Mutation(
            "frozen-payer-accepts",
            in: .escrow,
            "nobody asks whether the wallet whose word moves money is active",
            outgoing: { outgoing in
                outgoing.map { message in
                    guard var order = message.body as? EndEscrows else { return message }
                    for index in order.moves.indices { order.moves[index].askedBy = nil }
                    return .command(order, to: .settlement)
                }
            },
            workloads: ["proofs"],
            needs: [.otherProofs]
        ),
        Mutation(
            "receiver-of-the-day",
            in: .settlement,
            "an escrow is paid to whoever has its receiver's name in the end",
            statement: { sql in
                guard sql.head.hasPrefix("INSERT INTO payment "), sql.parts.count > 6,
                    sql.parts[6].value.text == "escrow"
                else { return .none }
                var other = sql
                other.parts[5].value = .null
                return .replace(other)
            },
            workloads: ["proofs"],
            needs: [.movedNames]
        ),
    ]

    // MARK: Organisations

    static let organisations = [
        Mutation(
            "references-shared",
            in: .settlement,
            "a deposit's reference is one for all organisations",
            statement: { sql in
                let isDeposit =
                    sql.head.hasPrefix("INSERT INTO deposit")
                    || sql.head.contains("FROM deposit")
                return isDeposit ? sql.changing { $0.hasPrefix("org_") ? "org_one" : nil } : .none
            },
            workloads: ["neighbours"]
        ),
        Mutation(
            "reserve-shared",
            in: .settlement,
            "all organisations spend from one reserve",
            statement: { sql in
                guard sql.head.contains("ledger_account"),
                    sql.values.contains(where: { $0.text == "reserve" })
                else { return .none }
                return sql.changing { $0.hasPrefix("org_") ? "org_one" : nil }
            },
            workloads: ["neighbours"]
        ),
        Mutation(
            "numbers-shared",
            in: .notifier,
            "the events of all organisations have one sequence",
            statement: { sql in
                guard sql.head.contains("event_sequence") else { return .none }
                return sql.changing { $0.hasPrefix("org_") ? "org_one" : nil }
            },
            workloads: ["neighbours"]
        ),
    ]

    // MARK: Making

    /// Changes every text that is written.
    private static func rewriting(
        _ name: String,
        in service: ServiceName,
        _ summary: String,
        workloads: [String],
        needs: Set<FaultPlan.Kind> = [],
        _ change: @escaping @Sendable (String) -> String?
    ) -> Mutation {
        Mutation(
            name,
            in: service,
            summary,
            statement: { sql in
                sql.head.hasPrefix("INSERT") || sql.head.hasPrefix("UPDATE")
                    ? sql.changing(change) : .none
            },
            workloads: workloads,
            needs: needs
        )
    }
}

extension SQL {
    /// The statement with other texts in it, or the same when none is changed.
    func changing(_ change: (String) -> String?) -> Mutation.Change {
        var other = self
        var isChanged = false
        for index in parts.indices {
            guard let text = parts[index].value.text, let new = change(text) else { continue }
            other.parts[index].value = .text(new)
            isChanged = true
        }
        return isChanged ? .replace(other) : .none
    }

    /// The statement with another value where some words end.
    func changing(
        after words: String,
        _ change: (Value) -> Value
    ) -> Mutation.Change {
        var before = head
        for index in parts.indices {
            if before.hasSuffix(words) {
                var other = self
                other.parts[index].value = change(parts[index].value)
                return .replace(other)
            }
            before = parts[index].following
        }
        return .none
    }
}

extension Value {
    var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }
}

extension String {
    /// The text of an array that is a member of a JSON object, with its brackets, unless it is
    /// empty.
    fileprivate func member(_ name: String) -> String? {
        let start = "\"\(name)\":["
        guard let range = firstRange(of: start) else { return nil }
        let rest = self[range.upperBound...]
        guard let end = rest.firstIndex(of: "]"), end > rest.startIndex else { return nil }
        return String(rest[..<end])
    }

    /// The text with an empty array in the place of a member.
    fileprivate func emptying(_ name: String) -> String? {
        member(name).map { replacing("\"\(name)\":[" + $0 + "]", with: "\"\(name)\":[]") }
    }

    /// The text with a member that nobody knows in the place of another.
    fileprivate func renaming(_ name: String) -> String? {
        contains("\"\(name)\":") ? replacing("\"\(name)\":", with: "\"\(name)Lost\":") : nil
    }
}
