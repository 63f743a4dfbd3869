import Glibc

/// A range of addresses, such as `10.0.0.0/8` or `fd00::/8`.
public struct Network: Hashable, Sendable {
    private let address: [UInt8]
    private let prefixLength: Int

    /// Reads an address, or an address, a slash and the number of its leading bits that count.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = Self.address(String(parts[0])) else {
            return nil
        }
        let bits = address.count * 8
        guard let length = parts.count == 1 ? bits : Int(parts[1]), (0...bits).contains(length)
        else { return nil }
        self.address = address
        prefixLength = length
    }

    /// Whether an address, 4 or 16 bytes, is in the range.
    public func contains(_ candidate: [UInt8]) -> Bool {
        guard candidate.count == address.count else { return false }
        for bit in stride(from: 0, to: prefixLength, by: 8) {
            let mask: UInt8 = prefixLength - bit >= 8 ? 0xFF : ~(0xFF >> UInt8(prefixLength - bit))
            guard (candidate[bit / 8] ^ address[bit / 8]) & mask == 0 else { return false }
        }
        return true
    }

    /// Reads a numeric address as a client takes it: also `127.1` and `0x7f000001`.
    static func writtenAddress(_ text: String) -> [UInt8]? {
        if let address = address(text) { return address }
        var old = in_addr()
        guard inet_aton(text, &old) != 0 else { return nil }
        return withUnsafeBytes(of: old.s_addr) { Array($0) }
    }

    /// Reads a numeric address, 4 or 16 bytes.
    public static func address(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }
}
