import CIDN2

/// Names of the Internet in the form in which they are looked up.
public enum DomainName {
    /// Returns a name's ASCII form in lower case (IDNA 2008 after UTS 46's mapping), or `nil`.
    ///
    /// Whether it has enough labels is not asked here.
    public static func ascii(_ text: String) -> String? {
        guard text.utf8.count <= 1024, !text.utf8.contains(0) else { return nil }
        var output: UnsafeMutablePointer<CChar>?
        let flags =
            Int32(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
            | Int32(IDN2_USE_STD3_ASCII_RULES.rawValue)
        guard idn2_to_ascii_8z(text, &output, flags) == Int32(IDN2_OK.rawValue), let output else {
            return nil
        }
        defer { idn2_free(output) }
        return String(cString: output).lowercased()
    }
}
