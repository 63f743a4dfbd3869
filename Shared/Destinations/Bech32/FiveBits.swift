/// Bytes as five-bit values, and back.
public enum FiveBits {
    /// Returns the bytes of values, or `nil` when more than four bits are left over or one of them
    /// is set.
    public static func bytes(of values: some Collection<UInt8>) -> [UInt8]? {
        let (bytes, rest, count) = split(values)
        return count < 5 && rest == 0 ? bytes : nil
    }

    /// Returns the bytes of values, and drops the bits that are left over.
    public static func wholeBytes(of values: some Collection<UInt8>) -> [UInt8] {
        split(values).bytes
    }

    /// Returns the bytes of values, the last one filled up with zeros.
    static func paddedBytes(of values: some Collection<UInt8>) -> [UInt8] {
        let (bytes, rest, count) = split(values)
        return count == 0 ? bytes : bytes + [UInt8(truncatingIfNeeded: rest << (8 - count))]
    }

    /// Returns the values of bytes, the last one filled up with zeros.
    public static func values(of bytes: some Collection<UInt8>) -> [UInt8] {
        var values: [UInt8] = []
        values.reserveCapacity(bytes.count * 8 / 5 + 1)
        var rest: UInt32 = 0
        var count: UInt32 = 0
        for byte in bytes {
            rest = rest << 8 & 0xFFFF | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                values.append(UInt8(rest >> count & 31))
            }
        }
        if count > 0 { values.append(UInt8(rest << (5 - count) & 31)) }
        return values
    }

    /// Returns the number that values are, the first one the most significant; the greatest
    /// number when it is too large.
    static func number(of values: some Collection<UInt8>) -> Int64 {
        var number: Int64 = 0
        for value in values {
            guard number < 1 << 57 else { return .max }
            number = number << 5 | Int64(value)
        }
        return number
    }

    private static func split(
        _ values: some Collection<UInt8>
    ) -> (bytes: [UInt8], rest: UInt32, count: UInt32) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * 5 / 8)
        var rest: UInt32 = 0
        var count: UInt32 = 0
        for value in values {
            rest = rest << 5 | UInt32(value)
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: rest >> count))
                rest &= 1 << count - 1
            }
        }
        return (bytes, rest, count)
    }
}
