import Contracts
import JSON

/// The platform's assets by Mixin's identifiers.
enum MixinAsset {
    private static let known: [(id: String, asset: Asset, name: String)] = [
        ("c6d0c728-2624-429b-8e0d-d9d19b6592fa", .btc, "Bitcoin"),
        ("64692c23-8971-4cf4-84a7-4dd1271dd887", .sol, "Solana"),
        ("de6fa523-c596-398e-b12f-6d6980544b59", .usdc, "USD Coin"),
        // Mixin has none of its own for the digital rand.
        ("6d1a7c50-0000-4000-8000-000000000027", .dzar, "Digital Rand"),
    ]

    static let identifiers = known.map(\.id)

    static func asset(_ id: String) -> Asset? { known.first { $0.id == id }?.asset }

    static func id(of asset: Asset) -> String { known.first { $0.asset == asset }?.id ?? "" }

    static func object(_ asset: Asset, balance: MinorUnits?) -> JSONValue {
        let id = id(of: asset)
        return [
            "type": "asset", "asset_id": .string(id), "chain_id": .string(id),
            "symbol": .string(asset.rawValue),
            "name": .string(known.first { $0.asset == asset }?.name ?? asset.rawValue),
            "icon_url": "",
            "balance": .string(text(Money(minorUnits: balance ?? 0, asset: asset))),
            "destination": "", "tag": "", "price_btc": "0", "price_usd": "0",
        ]
    }

    /// An amount in Mixin's form, which has no needless zeros: `10`, `0.01`.
    static func text(_ money: Money) -> String {
        var text = money.text
        while text.utf8.last == UInt8(ascii: "0") { text.removeLast() }
        if text.utf8.last == UInt8(ascii: ".") { text.removeLast() }
        return text
    }
}
