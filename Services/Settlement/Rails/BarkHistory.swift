import Contracts
import JSON
import Messaging

/// An upstream barkd's history, newest first, as far as it was read.
struct BarkHistory {
    private let movements: [UpstreamMovement]

    /// Whether it was read to its end.
    private let isWhole: Bool

    /// Reads an answer; of one that was cut off, the rows that are whole.
    ///
    /// Returns `nil` when it is no history, or was cut off and is not in order.
    init?(_ exchange: HTTPExchangeResult) {
        guard exchange.failure == nil, exchange.status == 200 else { return nil }
        isWhole = exchange.isComplete
        let body = isWhole ? exchange.body : Self.wholeRows(of: exchange.body)
        guard let rows = try? JSONValue(parsing: body).arrayValue else { return nil }
        var movements: [UpstreamMovement] = []
        movements.reserveCapacity(rows.count)
        for row in rows {
            guard let movement = UpstreamMovement(row) else { return nil }
            // What is missing is older only if what is there gets older.
            if !isWhole, let last = movements.last, movement.id > last.id { return nil }
            movements.append(movement)
        }
        guard isWhole || !movements.isEmpty else { return nil }
        self.movements = movements
    }

    /// What the history says of an order; `nil` when it was not read far enough to say.
    func outcome(of order: RailOrder) -> RailResult.Outcome? {
        order.verb == .prepare
            ? .prepared(baseline: movements.map(\.id).max() ?? -1) : resolution(of: order)
    }

    /// What the history says of a payment.
    ///
    /// Rows from before the order was given are others'. When several rows fit, the payment counts
    /// as paid if one of them says so, and as not paid only if all of them do.
    private func resolution(of order: RailOrder) -> RailResult.Outcome? {
        let baseline = order.baseline ?? -1
        let isCovered = isWhole || movements.contains { $0.id <= baseline }
        let value = order.destination.value.lowercased()
        // An invoice is paid once, and its amount may be rounded on the way.
        let isUnique = order.destination.kind == .bolt11
        let own = movements.filter { movement in
            movement.id > baseline
                && movement.recipients.contains {
                    $0.value == value && (isUnique || MinorUnits($0.amount) == order.amount)
                }
        }.sorted { $0.id < $1.id }
        if let paid = own.first(where: { $0.status == "successful" }) {
            return .found(
                reference: String(paid.id),
                state: .paid,
                fee: MinorUnits(max(0, paid.fee))
            )
        }
        guard isCovered else { return nil }
        guard let first = own.first else { return .absent }
        let isOver = own.allSatisfy { $0.status == "failed" || $0.status == "canceled" }
        return .found(
            reference: String(first.id),
            state: isOver ? .notPaid : .pending,
            fee: MinorUnits(max(0, first.fee))
        )
    }

    /// The array of the objects that are whole in an array that was cut off.
    private static func wholeRows(of body: [UInt8]) -> [UInt8] {
        var depth = 0
        var isInText = false
        var isEscaped = false
        var end = 0
        for (place, byte) in body.enumerated() {
            if isInText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 1 { end = place + 1 }
            default: break
            }
        }
        return body.prefix(end) + [UInt8(ascii: "]")]
    }
}
