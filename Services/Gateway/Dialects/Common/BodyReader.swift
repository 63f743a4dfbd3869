import Contracts
import Destinations
import GatewayCore
import HTTP
import JSON
import Webhooks

/// Reads a body field by field and collects everything that is wrong with it.
///
/// A field may be spelled in camelCase or in snake_case. Unknown fields are ignored, or refused
/// with the header `Pursestrings-Strict: 1`, which all native operations have but the payment's.
struct BodyReader {
    /// The name of the header.
    static let strictness = "Pursestrings-Strict"

    let object: JSONObject
    private let isStrict: Bool
    private var read: Set<String> = []
    private(set) var problems: [APIFailure.FieldProblem] = []

    /// The idempotency key, of the header or of the body's field; that something is wrong with it
    /// is among the problems.
    private(set) var idempotencyKey: String?

    /// Reads a request's body, which is a JSON object; without a body, an empty one if
    /// `isOptional`.
    init(_ request: HTTP.Request, isOptional: Bool = false) throws(APIFailure) {
        isStrict = request.headers[Self.strictness] == "1"
        if request.body.isEmpty, isOptional {
            object = [:]
            readKey(request)
            return
        }
        guard request.mediaType == "application/json" else {
            throw .wrongMediaType
        }
        let value: JSONValue
        do {
            value = try request.json()
        } catch {
            throw APIFailure(
                400,
                "invalid_request",
                "The body is not JSON by the strict rules: \(error.message)"
            )
        }
        guard let object = value.objectValue else {
            throw APIFailure(400, "invalid_request", "The body is not a JSON object.")
        }
        self.object = object
        readKey(request)
    }

    /// Reads an object within a body, as strictly as the body.
    init(_ object: JSONObject, in body: BodyReader) {
        self.object = object
        isStrict = body.isStrict
    }

    /// Notes that a field is wrong.
    mutating func note(_ field: String, _ code: String, _ message: String) {
        let sent = Self.secrets.contains(field) ? nil : object[field]
        problems.append(
            .init(field: field, code: code, message: message, value: Self.text(of: sent))
        )
    }

    /// Fields that are not repeated to who sent them.
    private static let secrets: Set<String> = ["key", "secret"]

    /// A value as a text of bounded length.
    static func text(of value: JSONValue?) -> String {
        guard let value, value != .null else { return "" }
        let text = value.stringValue ?? String(decoding: value.bytes(), as: UTF8.self)
        return text.shortened(toBytes: 100)
    }

    /// Notes the fields that nobody asked for, if the client wants to hear of them.
    mutating func noteUnknown() {
        guard isStrict else { return }
        for member in object.members
        where !read.contains(member.key) && !Self.keyNames.contains(member.key) {
            note(member.key, "unknown", "There is no such field.")
        }
    }

    /// The idempotency key, which any request may have.
    static let keyNames = ["idempotencyKey", "idempotency_key"]

    /// Throws all that is wrong, if anything is.
    mutating func finish() throws(APIFailure) {
        noteUnknown()
        guard problems.isEmpty else { throw .invalid(problems) }
    }

    /// Whether a field is there and null.
    func isNull(_ name: String) -> Bool {
        (object[name] ?? object[Self.snakeCase(name)]) == .null
    }

    /// Whether a field is there, null or not.
    func contains(_ name: String) -> Bool {
        object[name] != nil || object[Self.snakeCase(name)] != nil
    }

    /// A field that is there and not null.
    mutating func value(_ name: String, isRequired: Bool = false) -> JSONValue? {
        let snake = Self.snakeCase(name)
        if isStrict {
            read.insert(name)
            read.insert(snake)
        }
        if snake != name, let camel = object[name], let other = object[snake], camel != other {
            note(name, "ambiguous", "It is given in both spellings, with different values.")
        }
        let value = object[name] ?? object[snake]
        if let value, value != .null { return value }
        if isRequired { note(name, "required", "It is required.") }
        return nil
    }

    /// A text of some length without control characters.
    mutating func text(
        _ name: String,
        _ lengths: ClosedRange<Int> = 1...200,
        isRequired: Bool = false
    ) -> String? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        guard let text = value.stringValue else {
            note(name, "wrong_type", "It must be a string.")
            return nil
        }
        return Self.isText(text, lengths) ? text : refuse(text: name, lengths)
    }

    private mutating func readKey(_ request: HTTP.Request) {
        let field = key("idempotencyKey")
        let headers = request.headers.values(of: "Idempotency-Key")
        guard let header = headers.first else {
            idempotencyKey = field
            return
        }
        if headers.count > 1 || (field ?? header) != header {
            note("idempotencyKey", "ambiguous", "The body and the header give different keys.")
        } else if !Self.isKey(header: header) {
            note("Idempotency-Key", "invalid", Self.headerRule)
        } else {
            idempotencyKey = header
        }
    }

    static let headerRule = "It must be 1 to 255 printable ASCII characters, not all spaces."

    /// Whether a header's value is a key.
    static func isKey(header: String) -> Bool {
        (1...255).contains(header.utf8.count)
            && header.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            && header.utf8.contains { $0 != 0x20 }
    }

    /// An idempotency key: 1 to 255 bytes, of which something can be seen.
    mutating func key(_ name: String) -> String? {
        guard let text = text(name, 1...255) else { return nil }
        guard text.utf8.count <= 255, text.isVisible else {
            note(name, "invalid", "It must be 1 to 255 bytes, not all of them blank.")
            return nil
        }
        return text
    }

    /// A required name of 1 to 200 characters by which a repeat is known.
    mutating func reference(_ name: String) -> String? {
        guard let text = text(name, isRequired: true) else { return nil }
        guard text.isVisible else {
            note(name, "invalid", "It must contain a visible character.")
            return nil
        }
        return text
    }

    /// A list of distinct texts.
    mutating func texts(
        _ name: String,
        count: Int,
        _ lengths: ClosedRange<Int> = 1...200
    ) -> [String]? {
        guard let value = value(name) else { return nil }
        guard let items = value.arrayValue else {
            note(name, "wrong_type", "It must be an array of strings.")
            return nil
        }
        guard items.count <= count else {
            note(name, "too_many", "It must have at most \(count) items.")
            return nil
        }
        var texts: [String] = []
        for item in items {
            guard let text = item.stringValue, Self.isText(text, lengths) else {
                note(name, "invalid", "Every item must be a string of \(lengths) characters.")
                return nil
            }
            texts.append(text)
        }
        return texts
    }

    /// An integer within bounds; `7.0` is one, as in JSON Schema.
    mutating func integer(
        _ name: String,
        _ bounds: ClosedRange<Int64>,
        isRequired: Bool = false
    ) -> Int64? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        guard case .number(let number) = value, let integer = Self.integer(number) else {
            note(name, "wrong_type", "It must be an integer.")
            return nil
        }
        guard bounds.contains(integer) else {
            note(
                name,
                "out_of_range",
                "It must be \(bounds.lowerBound) to \(bounds.upperBound)."
            )
            return nil
        }
        return integer
    }

    /// A truth value.
    mutating func boolean(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let isTrue) = value else {
            note(name, "wrong_type", "It must be true or false.")
            return nil
        }
        return isTrue
    }

    /// The URL of a server: `http` or `https`, and a host.
    mutating func url(_ name: String, isRequired: Bool = false) -> String? {
        guard let text = text(name, 1...2000, isRequired: isRequired) else { return nil }
        guard ServerURL.isValid(text) else {
            note(name, "invalid", "It must be a URL such as https://example.com/result.json.")
            return nil
        }
        return text
    }

    /// A list of objects that must be there.
    mutating func objects(_ name: String, _ counts: ClosedRange<Int>) -> [JSONObject]? {
        guard let value = value(name, isRequired: true) else { return nil }
        let objects = value.arrayValue?.map(\.objectValue)
        guard let objects, objects.allSatisfy({ $0 != nil }) else {
            note(name, "wrong_type", "It must be an array of objects.")
            return nil
        }
        guard counts.contains(objects.count) else {
            note(
                name,
                "wrong_count",
                "It must have \(counts.lowerBound) to \(counts.upperBound) items."
            )
            return nil
        }
        return objects.compactMap(\.self)
    }

    /// The text of an object that the platform keeps and does not read, at most 4 KiB.
    mutating func metadata(_ name: String) -> String? {
        guard let value = value(name) else { return nil }
        guard value.objectValue != nil else {
            note(name, "wrong_type", "It must be an object.")
            return nil
        }
        let bytes = value.bytes()
        guard bytes.count <= 4096 else {
            note(name, "too_large", "It must have at most 4,096 bytes.")
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// An instant: an RFC 3339 text.
    mutating func timestamp(_ name: String, isRequired: Bool = false) -> Timestamp? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        guard let text = value.stringValue, let timestamp = Timestamp(iso8601: text) else {
            note(name, "invalid", "It must be a date and time such as 2026-04-29T12:00:00Z.")
            return nil
        }
        return timestamp
    }

    /// An asset of the platform.
    mutating func asset(_ name: String, isRequired: Bool = false) -> Asset? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        guard let asset = value.stringValue.flatMap({ Asset(rawValue: $0) }) else {
            note(name, "unknown_asset", "It must be one of \(Schema.assetCodes).")
            return nil
        }
        return asset
    }

    /// A limit of a policy: a positive amount, which can be more than one payment can be.
    mutating func limit(_ name: String, in asset: Asset) -> Money? {
        amount(name, in: asset, isRequired: false, upTo: .maximum)?.money
    }

    /// Positive amounts by asset, which can be more than one payment can be.
    mutating func amounts(_ name: String) -> [Money]? {
        guard let value = value(name) else { return nil }
        guard let object = value.objectValue else {
            note(name, "wrong_type", "It must be an object: asset to amount.")
            return nil
        }
        var amounts: [Money] = []
        var reader = BodyReader(object, in: self)
        for member in object.members {
            guard let asset = Asset(rawValue: member.key) else {
                reader.note(member.key, "unknown_asset", "It must be one of \(Schema.assetCodes).")
                continue
            }
            if let amount = reader.amount(member.key, in: asset, upTo: .maximum) {
                amounts.append(amount.money)
            }
        }
        for problem in reader.problems {
            note("\(name).\(problem.field)", problem.code, problem.message)
        }
        return amounts.sorted { $0.asset < $1.asset }
    }

    /// A positive amount of an asset, with its text.
    mutating func amount(
        _ name: String,
        in asset: Asset?,
        isRequired: Bool = true,
        upTo maximum: MinorUnits = .largestPayment
    ) -> (money: Money, text: String)? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        guard let text = value.stringValue else {
            note(name, "wrong_type", "It must be a decimal string such as \"2.50\".")
            return nil
        }
        do {
            let places = asset?.places ?? 9
            let minorUnits = try DecimalText.minorUnits(
                of: text,
                places: places,
                upTo: maximum
            )
            return asset.map {
                (
                    Money(minorUnits: minorUnits, asset: $0),
                    DecimalText.atLeastTwoPlaces(text)
                )
            }
        } catch {
            note(
                name,
                error.rawValue.replacingHyphens,
                Self.message(of: error, asset, upTo: maximum)
            )
            return nil
        }
    }

    /// Notes that an amount does not pay an invoice, if that is what is paid.
    mutating func checkAmount(_ name: String, _ amount: Money, pays text: String) {
        guard amount.asset == .btc, let decoded = try? DestinationParser.decode(text),
            case .invoice(let invoice) = decoded.content,
            !invoice.isPaid(by: amount.minorUnits.rawValue)
        else { return }
        note(name, "out_of_range", "It must be at least the invoice's and at most twice that.")
    }

    /// A destination.
    mutating func destination(_ name: String) -> (destination: Destination, text: String)? {
        let lengths = 1...DestinationParser.maximumByteCount
        guard let text = text(name, lengths, isRequired: true) else { return nil }
        do {
            return (try DestinationParser.parse(text), text)
        } catch {
            note(name, "invalid_destination", error.reason)
            return nil
        }
    }

    /// Entries of a list of recipients, canonical: destinations, and `*.` before a domain.
    mutating func recipients(_ name: String) -> [String]? {
        guard let texts = texts(name, count: 1000, 1...2000) else { return nil }
        var entries: [String] = []
        for (index, text) in texts.enumerated() {
            do {
                entries.append(try ListEntry(parsing: text).text)
            } catch {
                note("\(name)[\(index)]", "invalid_destination", error.reason)
            }
        }
        return entries
    }

    /// Categories in their one spelling.
    mutating func categories(_ name: String) -> [String]? {
        guard let texts = texts(name, count: 100, 1...64) else { return nil }
        var categories: [String] = []
        for (index, text) in texts.enumerated() {
            guard let category = Category.folded(text) else {
                note("\(name)[\(index)]", "invalid", Self.categoryRule)
                continue
            }
            if !categories.contains(category) { categories.append(category) }
        }
        return categories
    }

    /// What a category must be.
    static let categoryRule =
        "It must have 1 to 64 characters that are plain: none that stands for another one."

    /// Whether a text has some number of characters, none of them a control character.
    ///
    /// A character is a Unicode scalar, of at most 4 bytes: that bounds the text in bytes too, as a
    /// count of graphemes would not.
    static func isText(_ text: String, _ lengths: ClosedRange<Int>) -> Bool {
        lengths.contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
            }
    }

    private mutating func refuse(text name: String, _ lengths: ClosedRange<Int>) -> String? {
        note(
            name,
            "invalid",
            "It must have \(lengths.lowerBound) to \(lengths.upperBound) characters and no control"
                + " characters."
        )
        return nil
    }

    /// The integer that a number is, also when it is written with a fraction of zeros.
    private static func integer(_ number: JSONNumber) -> Int64? {
        guard let point = number.text.utf8.firstIndex(of: UInt8(ascii: ".")) else {
            return number.integer
        }
        let fraction = number.text.utf8[point...].dropFirst()
        return fraction.allSatisfy { $0 == UInt8(ascii: "0") } ? Int64(number.text[..<point]) : nil
    }

    private static func message(
        of problem: AmountProblem,
        _ asset: Asset?,
        upTo maximum: MinorUnits
    ) -> String {
        switch problem {
        case .malformed: "It must be digits with at most one point, such as \"2.50\"."
        case .tooManyPlaces: "\(asset?.rawValue ?? "It") has at most \(asset?.places ?? 9) places."
        case .tooLarge:
            asset.map { "It must be at most \(Money(minorUnits: maximum, asset: $0).text)." }
                ?? "It is too large."
        case .zero: "It must be more than zero."
        }
    }

    /// Returns the snake_case spelling of a camelCase name, which is ASCII.
    static func snakeCase(_ name: String) -> String {
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard name.utf8.contains(where: { capitals.contains($0) }) else { return name }
        var snake: [UInt8] = []
        snake.reserveCapacity(name.utf8.count + 4)
        for byte in name.utf8 {
            if capitals.contains(byte) {
                snake.append(UInt8(ascii: "_"))
                snake.append(byte | 0x20)
            } else {
                snake.append(byte)
            }
        }
        return String(decoding: snake, as: UTF8.self)
    }
}

extension String {
    fileprivate var replacingHyphens: String {
        String(map { $0 == "-" ? "_" : $0 })
    }
}
