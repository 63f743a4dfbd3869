import Contracts
import JSON

/// An option of a call and the member of the body, or of the query, that its value becomes.
struct Field {
    /// How the value is written and read.
    enum Form {
        case text
        case amount
        case integer(ClosedRange<Int64>)
        case choice([String])
        /// Several texts with commas between.
        case texts
        /// Amounts of assets, with commas between: USDC=10.00,SOL=0.5.
        case amounts
        /// A date or a time in UTC.
        case time
        /// A JSON object.
        case json
        /// No value: the option itself says true.
        case flag
    }

    /// The assets of the platform.
    static let assets = Asset.all.map(\.rawValue)

    /// The option.
    var option: Option

    /// The name that the API has for it.
    var member: String

    /// How its value is written.
    var form: Form

    /// Whether it must be given.
    var isRequired = false

    /// What is sent when it is not given.
    var standard: String?

    /// The value that stands for no filter.
    var whole: String?

    /// The option and its value with which it must be given.
    var need: (option: String, value: String)?

    /// Whether `none` takes away what was set before.
    var isClearable = false

    init(
        _ name: String,
        as member: String? = nil,
        _ placeholder: String?,
        _ form: Form,
        _ summary: String
    ) {
        var values = Option.Values.anything
        if case .choice(let choices) = form { values = .choices(choices) }
        option = Option(name, placeholder, summary, values: values)
        self.member = member ?? Self.member(of: name)
        self.form = form
    }

    /// The same field, which must be given.
    var required: Field {
        var field = self
        field.isRequired = true
        return field
    }

    /// The same field, which must be given when another option has a value.
    func required(when option: String, is value: String) -> Field {
        var field = self
        field.need = (option, value)
        return field
    }

    /// The same field with a value when none is given.
    func standing(for value: String) -> Field {
        var field = self
        field.standard = value
        field.option.summary += " (default \(value))"
        return field
    }

    /// The same filter with a value that lets everything through.
    func or(_ whole: String) -> Field {
        var field = self
        field.whole = whole
        if case .choices(let choices) = option.values {
            field.option.values = .choices(choices + [whole])
            field.form = .choice(choices + [whole])
        }
        return field
    }

    /// The same field, which `none` clears.
    var clearable: Field {
        var field = self
        field.isClearable = true
        field.option.summary += "; none takes it away"
        return field
    }

    /// Reads a value as the API wants it.
    func value(of text: String) throws(Failure) -> JSONValue {
        if isClearable, text == "none" { return .null }
        switch form {
        case .text: return .string(text)
        case .flag: return true
        case .amount: return .string(try amount(text))
        case .integer(let bounds):
            guard let number = Int64(text), bounds.contains(number) else {
                throw wrong("\(bounds.lowerBound) to \(bounds.upperBound)", text)
            }
            return .integer(number)
        case .choice(let choices):
            guard choices.contains(text) else {
                throw wrong(choices.joined(separator: ", "), text)
            }
            return .string(text)
        case .texts:
            return .array(Self.parts(of: text).map { .string($0) })
        case .amounts:
            var amounts = JSONObject()
            for part in Self.parts(of: text) {
                let sides = part.split(separator: "=", omittingEmptySubsequences: false)
                guard sides.count == 2, amounts[String(sides[0])] == nil else {
                    throw wrong("amounts of assets such as USDC=10.00,SOL=0.5", text)
                }
                amounts[String(sides[0])] = .string(try amount(String(sides[1])))
            }
            return .object(amounts)
        case .time:
            return .string(try time(text))
        case .json:
            guard let value = try? JSONValue(parsing: text), value.objectValue != nil else {
                throw wrong("a JSON object", text)
            }
            return value
        }
    }

    private func amount(_ text: String) throws(Failure) -> String {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isDecimal =
            (1...2).contains(parts.count)
            && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
        guard isDecimal else { throw wrong("an amount such as 2.50", text) }
        return text
    }

    /// A day begins at midnight in UTC.
    private func time(_ text: String) throws(Failure) -> String {
        let digits = text.utf8.filter { (48...57).contains($0) }.count
        if text.utf8.count == 10, digits == 8 { return text + "T00:00:00Z" }
        guard text.contains("T") else {
            throw wrong("a day such as 2026-11-30, or a time such as 2026-11-30T12:00:00Z", text)
        }
        return text
    }

    private func wrong(_ form: String, _ text: String) -> Failure {
        Failure(.usage, "--\(option.name) is \(form), not '\(text)'")
    }

    private static func parts(of text: String) -> [String] {
        text.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// The API's spelling of an option's name: `max-per-tx` is `maxPerTx`.
    private static func member(of name: String) -> String {
        let words = name.split(separator: "-")
        return words.dropFirst().reduce(String(words.first ?? "")) { text, word in
            text + word.prefix(1).uppercased() + word.dropFirst()
        }
    }
}

extension Field {
    static func text(_ name: String, as member: String? = nil, _ summary: String) -> Field {
        Field(name, as: member, "TEXT", .text, summary)
    }

    static func text(
        _ name: String,
        as member: String? = nil,
        _ placeholder: String,
        _ summary: String
    ) -> Field {
        Field(name, as: member, placeholder, .text, summary)
    }

    static func amount(_ name: String, as member: String? = nil, _ summary: String) -> Field {
        Field(name, as: member, "AMOUNT", .amount, summary)
    }

    static func integer(
        _ name: String,
        as member: String? = nil,
        _ bounds: ClosedRange<Int64>,
        _ summary: String
    ) -> Field {
        Field(name, as: member, "N", .integer(bounds), summary)
    }

    static func choice(
        _ name: String,
        as member: String? = nil,
        _ placeholder: String,
        _ choices: [String],
        _ summary: String
    ) -> Field {
        Field(name, as: member, placeholder, .choice(choices), summary)
    }

    static func texts(
        _ name: String,
        as member: String? = nil,
        _ placeholder: String,
        _ summary: String
    ) -> Field {
        Field(name, as: member, placeholder, .texts, summary + ", commas between")
    }

    static func time(_ name: String, as member: String? = nil, _ summary: String) -> Field {
        Field(name, as: member, "TIME", .time, summary)
    }

    static let asset = Field(
        "currency",
        "ASSET",
        .choice(assets),
        "what the amount is of: " + assets.joined(separator: ", ")
    ).standing(for: "USDC")

    static let wallet = Field.text(
        "wallet",
        as: "walletId",
        "WALLET_ID",
        "the wallet that would pay"
    )
}
