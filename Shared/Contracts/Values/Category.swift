/// What kind of business a recipient is in, in the one spelling that categories are compared in.
///
/// Trimmed, with single spaces, without regard to case and width: `Gambling`, `GAMBLING ` and
/// full-width letters are `gambling`.
public enum Category {
    /// The greatest number of characters.
    public static let maximumLength = 64

    /// Returns the one spelling of a category, or `nil` for a text that has none: it is empty or
    /// too long, or has characters that only look like others.
    public static func folded(_ text: String) -> String? {
        let folded = comparable(text)
        guard (1...maximumLength).contains(folded.unicodeScalars.count) else { return nil }
        // Whatever compatibility would still change: letters in circles, zero-width characters.
        let isPlain = folded.unicodeScalars.allSatisfy { scalar in
            !scalar.properties.changesWhenNFKCCaseFolded
                && !scalar.properties.isDefaultIgnorableCodePoint && !isControl(scalar)
        }
        return isPlain ? folded : nil
    }

    /// Returns the nearest to the one spelling that a text has, for what was stored as it was
    /// written.
    public static func comparable(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(narrow(scalar)) }
        // Upper case first, so that letters with two small forms have one.
        let folded = String(scalars).uppercased().lowercased()
        return folded.split { $0.isWhitespace }.joined(separator: " ")
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    /// The ASCII form of a full-width character.
    private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard (0xFF01...0xFF5E).contains(scalar.value) else { return scalar }
        return Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
    }
}
