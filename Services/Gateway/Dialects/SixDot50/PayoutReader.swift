import Contracts
import JSON

/// Reads payments as they are added to a batch, and collects everything that is wrong with them.
struct PayoutReader {
    /// The greatest amount of one payment, in cents.
    private static let maximumAmount = MinorUnits.largestPayment

    /// The greatest number of characters of a name and of an external identifier.
    private static let maximumName = 100

    /// Whether the organisation pays referrals; without it their fields are ignored.
    let paysReferrals: Bool

    private(set) var failures: [PayoutFailure] = []

    init(paysReferrals: Bool) {
        self.paysReferrals = paysReferrals
    }

    /// Reads one payment.
    mutating func read(_ value: JSONValue, id: String) -> PayoutOrder? {
        guard let object = value.objectValue else {
            failures.append(PayoutFailure(message: "Payment invalid", field: "Payments"))
            return nil
        }
        let before = failures.count
        let phone = phone(object["msisdn"], "Msisdn")
        let amount = amount(object["amount"], "Amount")
        let firstName = name(object["firstname"], "Firstname")
        let lastName = name(object["lastname"], "Lastname")
        let external = name(object["externalId"], "ExternalId")
        var referral: (phone: String?, amount: MinorUnits?) = (nil, nil)
        let hasReferral = [object["referralMsisdn"], object["referralAmount"]].contains {
            $0 != nil && $0 != .null
        }
        if paysReferrals, hasReferral {
            referral.phone = self.phone(object["referralMsisdn"], "ReferralMsisdn")
            referral.amount = self.amount(object["referralAmount"], "ReferralAmount")
        }
        guard failures.count == before, let phone, let amount else { return nil }
        return PayoutOrder(
            id: id,
            phone: phone,
            amount: amount,
            firstName: firstName,
            lastName: lastName,
            externalID: external,
            referralPhone: referral.phone,
            referralAmount: referral.amount
        )
    }

    /// What the same idempotency key must repeat of a payment.
    static func parts(of order: PayoutOrder) -> [String] {
        [
            order.phone, order.amount.description, order.firstName ?? "", order.lastName ?? "",
            order.externalID ?? "", order.referralPhone ?? "",
            order.referralAmount?.description ?? "",
        ]
    }

    /// Notes that an external identifier is there already.
    mutating func note(taken external: String) {
        note("ExternalId must be unique", "ExternalId", external)
    }

    private mutating func note(_ message: String, _ field: String, _ value: String) {
        failures.append(PayoutFailure(message: message, field: field, value: value))
    }

    private mutating func phone(_ value: JSONValue?, _ field: String) -> String? {
        if let text = value?.stringValue, Self.isPhone(text) { return text }
        note("\(field) invalid", field, BodyReader.text(of: value))
        return nil
    }

    private mutating func amount(_ value: JSONValue?, _ field: String) -> MinorUnits? {
        let least = "\(field) must be >= 1 DZAR"
        guard let value, value != .null else {
            note(least, field, "0.0")
            return nil
        }
        guard let number = value.numberValue else {
            note("\(field) invalid", field, BodyReader.text(of: value))
            return nil
        }
        let places = Asset.dzar.places
        do throws(AmountProblem) {
            let amount = try DecimalText.minorUnits(of: number.text, places: places)
            if amount < 100 {
                note(least, field, number.text)
            } else if amount > Self.maximumAmount {
                note("\(field) too large", field, number.text)
            } else {
                return amount
            }
        } catch {
            let isNegative = number.text.hasPrefix("-")
            switch error {
            case .zero: note(least, field, number.text)
            case .malformed where isNegative: note(least, field, number.text)
            case .malformed: note("\(field) invalid", field, number.text)
            case .tooManyPlaces: note("\(field) must have at most 2 places", field, number.text)
            case .tooLarge: note("\(field) too large", field, number.text)
            }
        }
        return nil
    }

    private mutating func name(_ value: JSONValue?, _ field: String) -> String? {
        guard let value, value != .null else { return nil }
        guard let text = value.stringValue, BodyReader.isText(text, 0...Self.maximumName) else {
            note("\(field) invalid", field, BodyReader.text(of: value))
            return nil
        }
        return text.isEmpty ? nil : text
    }

    /// Whether a text is a phone number in international form: 7 to 15 digits without a 0 before;
    /// of South Africa 11 digits, a mobile one.
    static func isPhone(_ text: String) -> Bool {
        let digits = Array(text.utf8)
        guard (7...15).contains(digits.count), digits[0] != UInt8(ascii: "0"),
            digits.allSatisfy({ (48...57).contains($0) })
        else { return false }
        guard text.hasPrefix("27") else { return true }
        return digits.count == 11 && (UInt8(ascii: "6")...UInt8(ascii: "8")).contains(digits[2])
    }
}
