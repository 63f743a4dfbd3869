/// The rules of form that messages share; a text's bound is in bytes, four for each character that
/// the gateway's clients may write.
enum Form {
    /// The first problem of several.
    static func first(_ problems: String?...) -> String? {
        problems.lazy.compactMap(\.self).first
    }

    /// A text of so many bytes.
    static func text(_ name: String, _ text: String?, _ bytes: ClosedRange<Int>) -> String? {
        guard let text, !bytes.contains(text.utf8.count) else { return nil }
        return "\(name) has \(bytes.lowerBound) to \(bytes.upperBound) bytes."
    }

    /// Texts, so many, each of so many bytes.
    static func texts(
        _ name: String,
        _ texts: [String]?,
        count: Int,
        _ bytes: ClosedRange<Int>
    ) -> String? {
        guard let texts else { return nil }
        if texts.count > count { return "\(name) has at most \(count) items." }
        return texts.lazy.compactMap { text(name, $0, bytes) }.first
    }

    /// An identifier of an entity.
    static func identifier<Entity: Identified>(_ name: String, _ id: Identifier<Entity>?) -> String?
    {
        guard let id, !id.isWellFormed else { return nil }
        return "\(name) is not well-formed."
    }

    /// An amount that one payment can be of, and its text, which says the same.
    static func amount(_ money: Money, said text: String) -> String? {
        if let problem = money.problem { return problem }
        // Zeros before the number are those of messages that an earlier build has left.
        if !text.hasSuffix(DecimalText.atLeastTwoPlaces(text)) {
            return "An amount's text has two places or more."
        }
        let said = try? DecimalText.minorUnits(of: text, places: money.asset.places)
        return said == money.minorUnits ? nil : "The amount's text says another amount."
    }

    /// A destination: its parser's bound.
    static func destination(_ destination: Destination, written text: String) -> String? {
        first(
            self.text("A destination", destination.value, 1...16_384),
            self.text("A destination", text, 1...65_536)
        )
    }

    /// A text of so many characters, which no combination of them makes longer.
    static func characters(_ name: String, _ text: String?, _ count: ClosedRange<Int>) -> String? {
        guard let text, !count.contains(text.unicodeScalars.count) else { return nil }
        return "\(name) has \(count.lowerBound) to \(count.upperBound) characters."
    }

    /// A number within its bounds.
    static func number(
        _ name: String,
        _ number: Int64?,
        _ range: ClosedRange<Int64>
    ) -> String? {
        guard let number, !range.contains(number) else { return nil }
        return "\(name) is \(range.lowerBound) to \(range.upperBound)."
    }

    /// The digest of what a repeat must repeat: SHA-256 in hexadecimal.
    static func digest(_ text: String?) -> String? {
        guard let text else { return nil }
        let isDigest =
            text.utf8.count == 64
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        return isDigest ? nil : "A digest is 64 hexadecimal digits in lower case."
    }

    /// The request that several messages are of.
    static func compound(_ compound: CompoundRequest?) -> String? {
        guard let compound else { return nil }
        return first(
            text("A request's identity", compound.identity, 1...64),
            digest(compound.digest)
        )
    }

    /// The URL of somebody else's server.
    static func url(_ name: String, _ url: String?) -> String? {
        guard let url else { return nil }
        let isURL = url.hasPrefix("https://") || url.hasPrefix("http://")
        return isURL && url.utf8.count <= 2000 ? nil : "\(name) is no URL of at most 2000 bytes."
    }
}
