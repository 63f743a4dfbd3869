/// A kind of money that the platform keeps.
public struct Asset: RawRepresentable, Hashable, Comparable, Sendable {
    /// The code, for example `USDC`.
    public let rawValue: String

    /// Creates an asset from the code of one that the platform keeps, or returns `nil`.
    public init?(rawValue: String) {
        guard let known = Self.all.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = known
    }

    private init(code: String) {
        rawValue = code
    }

    /// The dollar token, with 6 places.
    public static let usdc = Asset(code: "USDC")

    /// Solana's coin, in lamports: 9 places.
    public static let sol = Asset(code: "SOL")

    /// Bitcoin, in satoshis: 8 places.
    public static let btc = Asset(code: "BTC")

    /// The digital rand, with 2 places.
    public static let dzar = Asset(code: "DZAR")

    /// The assets of the platform, by code.
    public static let all = [btc, dzar, sol, usdc]

    /// The number of decimal places of the minor unit.
    public var places: Int {
        switch rawValue {
        case "BTC": 8
        case "DZAR": 2
        case "SOL": 9
        default: 6
        }
    }

    public static func < (lhs: Asset, rhs: Asset) -> Bool {
        lhs.rawValue < rhs.rawValue
    }
}

extension Asset: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let code = try container.decode(String.self)
        guard let asset = Asset(rawValue: code) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "unknown asset")
        }
        self = asset
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
