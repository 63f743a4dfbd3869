/// UUIDs in lower case, for the APIs that ask for them.
public enum UUIDText {
    /// Whether a text is a UUID in lower case.
    public static func isValid(_ text: String) -> Bool {
        text.utf8.count == 36
            && text.utf8.enumerated().allSatisfy { index, byte in
                [8, 13, 18, 23].contains(index)
                    ? byte == UInt8(ascii: "-")
                    : (48...57).contains(byte) || (97...102).contains(byte)
            }
    }
}
