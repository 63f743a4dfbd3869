import Contracts
import Messaging
import PolicyCore
import Storage

/// Faults of the bus, the books and the disk, and of wallets that are changed.
extension Mutation {
    // MARK: The bus, the books, the disk

    static let takenOver = [
        Mutation(
            "sender-not-asked",
            in: .policy,
            "a person's yes is taken from whichever service says it",
            arrival: { arrival in
                let head = String(decoding: arrival.bytes.prefix(200), as: UTF8.self)
                guard case .mailbox = arrival.source, head.contains(DecideApproval.wireName)
                else { return arrival }
                var other = arrival
                other.source = .mailbox(instance: "gateway-1", from: .service(.gateway))
                return other
            },
            workloads: ["forgeries"]
        ),
        Mutation(
            "name-believed",
            in: .settlement,
            "a sender is who it says it is, whichever service's key it has",
            arrival: { arrival in
                guard case .mailbox(let instance, _) = arrival.source else { return arrival }
                var other = arrival
                other.source = .mailbox(instance: instance, from: .local)
                return other
            },
            workloads: ["forgeries"]
        ),
        Mutation(
            "signature-broken",
            in: .settlement,
            "an entry of the journal is signed, and another signature is written",
            statement: { sql in
                guard sql.head.hasPrefix("INSERT INTO journal_entry"),
                    case .blob(var bytes)? = sql.parts.last?.value
                else { return .none }
                bytes[0] ^= 1
                var other = sql
                other.parts[sql.parts.count - 1].value = .blob(bytes)
                return .replace(other)
            },
            workloads: ["deposits"]
        ),
        Mutation(
            "failed-commit-outlived",
            in: .policy,
            "a commit whose fsync has failed is said to have changed nothing",
            outlivesFailedCommits: true,
            workloads: ["payments"],
            needs: [.transactionFailure]
        ),
    ]

    // MARK: Owners

    static let owners = [
        skipping(
            "wallet-half-changed",
            in: .settlement,
            "of a change of a wallet the one half is written and the other is not",
            "UPDATE wallet SET tags",
            workloads: ["owners"]
        )
    ]
}
