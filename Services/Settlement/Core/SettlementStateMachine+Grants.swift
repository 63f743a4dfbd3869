import Contracts
import Messaging
import Storage

/// A rail's money is the platform's: its owner says what an organisation may send over it.
extension SettlementStateMachine {
    /// Writes a grant.
    func grant(
        _ body: GrantRail,
        in transaction: borrowing Transaction
    ) throws(Stop) -> RailGrants {
        try Stop.check(body.problem)
        let grant = body.grant
        try Stop.run { () throws(StorageError) in
            try RailGrantRow.write(grant, in: transaction)
        }
        return RailGrants(grants: [grant])
    }

    /// Grants the first organisation what nobody has decided about yet.
    func open(
        _ body: OpenRails,
        in transaction: borrowing Transaction
    ) throws(Stop) -> RailGrants {
        guard body.organisation.isWellFormed else {
            throw .refused(.invalidRequest, "The organisation's identifier is not well-formed.")
        }
        return try Stop.run { () throws(StorageError) in
            for rail in rails {
                let known = try RailGrantRow.find(
                    rail.name,
                    rail.asset,
                    of: body.organisation,
                    in: transaction
                )
                if known != nil { continue }
                let grant = RailGrant(
                    organisation: body.organisation,
                    rail: rail.name,
                    asset: rail.asset
                )
                try RailGrantRow.write(grant, in: transaction)
            }
            return RailGrants(
                grants: try RailGrantRow.list(of: body.organisation, in: transaction)
            )
        }
    }

    /// Answers a question for an organisation's grants.
    func grants(
        _ question: ListRailGrants,
        in transaction: borrowing Transaction
    ) throws(Stop) -> RailGrants {
        try Stop.run { () throws(StorageError) in
            RailGrants(grants: try RailGrantRow.list(of: question.organisation, in: transaction))
        }
    }

    /// Takes the end of an attempt over into what its organisation has used.
    func countEnd(
        of attempt: AttemptRow,
        captured: MinorUnits,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE rail_attempt SET counted_minor = \(captured)
            WHERE payment_id = \(attempt.payment)
            """
        )
        guard let rail = rails.first(where: { $0.name == attempt.rail }),
            var row = try RailGrantRow.find(
                rail.name,
                rail.asset,
                of: attempt.organisation,
                in: transaction
            )
        else { return }
        try row.end(attempt, captured: captured, in: transaction)
    }
}

extension GrantRail {
    /// What is wrong with the request, or `nil`.
    fileprivate var problem: String? {
        if !grant.organisation.isWellFormed {
            return "The organisation's identifier is not well-formed."
        }
        guard let asset = RailGrant.rails[grant.rail] else { return RailGrant.unknownRail }
        if asset != grant.asset { return "The rail carries \(asset.rawValue)." }
        let limits = [grant.maxPerDay, grant.maxOutstanding].compactMap { $0 }
        return limits.contains { $0 < 0 } ? "A limit is negative." : nil
    }
}
