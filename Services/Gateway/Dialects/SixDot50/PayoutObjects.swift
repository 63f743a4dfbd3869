import Contracts
import Crypto
import GatewayCore
import HTTP
import JSON

/// The objects of 6DOT50; what is absent is left out.
enum PayoutObjects {
    /// A batch without its sums.
    static func batch(_ batch: BatchSnapshot) -> JSONObject {
        var object: JSONObject = [
            "id": .string(batch.id), "name": .string(batch.name),
            "statusCode": .string(batch.status.rawValue.uppercased()),
        ]
        if let external = batch.externalID { object["externalId"] = .string(external) }
        object["createdAt"] = .string(batch.createdAt.milliseconds)
        return object
    }

    /// A batch with its sums.
    static func summed(_ batch: BatchSnapshot) -> JSONObject {
        var object = self.batch(batch)
        let summary = batch.summary
        object["summary"] = [
            "paymentsAmount": decimal(summary.paymentsMinor),
            "paymentsCount": .integer(summary.paymentsCount),
            "referralsAmount": decimal(summary.referralsMinor),
            "settledAmount": decimal(summary.settledMinor),
            "settledCount": .integer(summary.settledCount),
            "cancelledAmount": decimal(summary.cancelledMinor),
            "cancelledCount": .integer(summary.cancelledCount),
        ]
        return object
    }

    /// A batch with its sums and payments of it.
    static func batch(_ batch: BatchSnapshot, _ payouts: [PayoutSnapshot]) -> JSONObject {
        var object = summed(batch)
        object["payments"] = .array(payouts.map { .object(payment($0)) })
        return object
    }

    /// A payment.
    static func payment(_ payout: PayoutSnapshot) -> JSONObject {
        var object: JSONObject = [
            "id": .string(payout.id), "batchId": .string(payout.batch),
            "msisdn": .string(payout.phone), "amount": decimal(payout.amount),
        ]
        if let name = payout.firstName { object["firstname"] = .string(name) }
        if let name = payout.lastName { object["lastname"] = .string(name) }
        if let external = payout.externalID { object["externalId"] = .string(external) }
        object["statusCode"] = .string(payout.status.rawValue.uppercased())
        if let settledAt = payout.settledAt {
            object["settledAt"] = .string(settledAt.milliseconds)
        }
        object["isMember"] = .bool(payout.isMember)
        if let phone = payout.referralPhone, let amount = payout.referralAmount {
            object["referralAmount"] = decimal(amount)
            object["referralMsisdn"] = .string(phone)
        }
        object["createdAt"] = .string(payout.createdAt.milliseconds)
        return object
    }

    /// The organisation's float.
    static func account(_ organisation: OrganisationRecord, _ balance: Balance?) -> JSONObject {
        let letters = organisation.name.uppercased().filter { $0.isASCII && $0.isLetter }
        let digest = SHA256.digest(of: Array(organisation.id.rawValue.utf8))
        let available = balance?.available ?? 0
        return [
            "id": .string(UUIDText.text(of: digest)),
            "name": .string(organisation.name),
            "shortName": .string(letters.prefix(4) + "01"),
            "createdAt": .string(organisation.createdAt.milliseconds),
            "active": true,
            "balance": decimal(available.adding(balance?.held ?? 0) ?? .maximum),
            "availableBalance": decimal(available),
            "currencyCode": .string(Asset.dzar.rawValue),
        ]
    }

    /// An exact decimal without needless zeros, such as `23` or `10.5`.
    static func decimal(_ minorUnits: MinorUnits) -> JSONValue {
        let (whole, cents) = minorUnits.rawValue.quotientAndRemainder(dividingBy: 100)
        let fraction =
            cents == 0
            ? "" : cents % 10 == 0 ? ".\(cents / 10)" : cents < 10 ? ".0\(cents)" : ".\(cents)"
        return JSONNumber(text: "\(whole)\(fraction)").map { .number($0) } ?? .integer(whole)
    }
}
