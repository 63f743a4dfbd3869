import CSodium

/// Comparisons whose duration says nothing of the content.
public enum ConstantTime {
    /// Whether two byte sequences of the same length are equal.
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && sodium_memcmp(left, right, left.count) == 0
    }
}
