import Contracts
import JSON
import Messaging

/// A movement of an upstream barkd's history, as far as it is asked for.
struct BarkMovement {
    var id: Int64
    var status: String
    var fee: Int64
    var recipients: [(value: String, amount: Int64)]

    /// Reads a history, or returns `nil` when it is none.
    static func list(_ body: [UInt8]) -> [BarkMovement]? {
        guard let rows = try? JSONValue(parsing: body).arrayValue else { return nil }
        var movements: [BarkMovement] = []
        for row in rows {
            guard let movement = BarkMovement(row) else { return nil }
            movements.append(movement)
        }
        return movements
    }

    private init?(_ row: JSONValue) {
        guard let id = row["id"]?.integerValue, let status = row["status"]?.stringValue,
            let fee = row["offchain_fee_sat"]?.integerValue, let sent = row["sent_to"]?.arrayValue
        else { return nil }
        self.id = id
        self.status = status
        self.fee = fee
        recipients = sent.compactMap { recipient in
            guard let value = recipient["destination"]?["value"]?.stringValue,
                let amount = recipient["amount_sat"]?.integerValue
            else { return nil }
            return (value.lowercased(), amount)
        }
    }

    /// What a history says of an order.
    ///
    /// Rows from before the order was given are others'. When several rows fit, the payment counts
    /// as paid if one of them says so, and as not paid only if all of them do.
    static func outcome(of order: RailOrder, in movements: [BarkMovement]) -> RailResult.Outcome {
        let value = order.destination.value.lowercased()
        // An invoice is paid once, and its amount may be rounded on the way.
        let isUnique = order.destination.kind == .bolt11
        let own = movements.filter { movement in
            movement.id > order.baseline ?? -1
                && movement.recipients.contains {
                    $0.value == value && (isUnique || $0.amount == order.amount)
                }
        }.sorted { $0.id < $1.id }
        guard let first = own.first else { return .absent }
        if let paid = own.first(where: { $0.status == "successful" }) {
            return .found(reference: String(paid.id), state: .paid, fee: max(0, paid.fee))
        }
        let isOver = own.allSatisfy { $0.status == "failed" || $0.status == "canceled" }
        return .found(
            reference: String(first.id),
            state: isOver ? .notPaid : .pending,
            fee: max(0, first.fee)
        )
    }
}
