import Contracts
import JSON
import Messaging

/// A movement of an upstream barkd's history, as far as it is asked for.
struct UpstreamMovement {
    var id: Int64
    var status: String
    var fee: Int64
    var recipients: [(value: String, amount: Int64)]

    init?(_ row: JSONValue) {
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
}
