import JSON

extension BodyReader {
    /// What the body asks for, in one form for every way to write it.
    ///
    /// Spellings of fields, zeros at the ends of amounts and the order of fields are no part of it,
    /// nor is the key.
    func content(keepsNulls: Bool) -> [UInt8] {
        let members = object.members.filter { !Self.keyNames.contains($0.key) }
        return Self.content(.object(JSONObject(members)), keepsNulls).sorted().bytes()
    }

    private static let amounts: Set<String> = [
        "amount", "max_per_tx", "max_per_day", "max_per_month", "require_co_sign", "to_receiver",
        "max_outstanding",
    ]

    /// Objects whose members are amounts.
    private static let amountsByAsset: Set<String> = ["low_balance"]

    private static func content(_ value: JSONValue, _ keepsNulls: Bool) -> JSONValue {
        switch value {
        case .array(let items): return .array(items.map { content($0, keepsNulls) })
        case .object(let object):
            var members = JSONObject()
            for member in object.members where keepsNulls || member.value != .null {
                let name = snakeCase(member.key)
                var value = content(member.value, keepsNulls)
                if amounts.contains(name), let text = value.stringValue {
                    value = .string(withoutZeros(text))
                }
                if amountsByAsset.contains(name), let object = value.objectValue {
                    value = .object(
                        JSONObject(
                            object.members.map { member in
                                let text = member.value.stringValue.map(withoutZeros)
                                return .init(
                                    key: member.key,
                                    value: text.map { .string($0) } ?? member.value
                                )
                            }
                        )
                    )
                }
                members[name] = value
            }
            return .object(members)
        case .number(let number): return .string("number " + withoutZeros(number.text))
        default: return value
        }
    }

    private static func withoutZeros(_ text: String) -> String {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }) else {
            return text
        }
        let fraction = parts[1].reversed().drop { $0 == "0" }.reversed()
        return fraction.isEmpty ? String(parts[0]) : parts[0] + "." + String(fraction)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
