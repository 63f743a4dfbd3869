import Contracts
import Crypto
import JSON

/// Somebody who is paid by many names, each of which can be spelled in several ways.
final class Persona: @unchecked Sendable {
    // It belongs to the run's thread.

    /// A name and its spellings; the first of them is the canonical one.
    struct Name {
        var type: String
        var spellings: [String]
        var canonical: String { spellings[0] }
    }

    /// A domain with letters outside ASCII, and what it is on the wire.
    private static let domains = [
        ("xn--bcher-kva.example", "bücher.example"), ("xn--mnchen-3ya.example", "münchen.example"),
        ("xn--r8jz45g.example", "例え.example"), ("xn--e1afmkfd.example", "пример.example"),
        ("xn--zrich-kva.example", "zürich.example"), ("xn--caf-dma.example", "café.example"),
        ("xn--kln-sna.example", "köln.example"), ("xn--wgv71a.example", "日本.example"),
    ]

    let account: Town.Account
    let number: Int
    private(set) var names: [Name] = []
    private(set) var category: String?

    /// The Mixin user.
    let user: String

    init(_ account: Town.Account, number: Int, category: String? = nil, user: String) {
        self.account = account
        self.number = number
        self.category = category
        self.user = user
        let (wire, shown) = Self.domains[number % Self.domains.count]
        names = [
            Name(type: "wallet", spellings: [account.wallet]),
            Name(type: "agent", spellings: [account.agent]),
            Name(type: "solana", spellings: [account.address]),
            Name(type: "domain", spellings: [wire, shown, wire.uppercased(), shown.uppercased()]),
            Name(type: "phone", spellings: ["2783000000\(number)", "+2783000000\(number)"]),
            Name(
                type: "lightning_address",
                spellings: [
                    "till\(number)@pay.example", "Till\(number)@Pay.Example",
                    "lightning:till\(number)@pay.example",
                ]
            ),
            Name(type: "mixin_user", spellings: [user, user.uppercased()]),
        ]
    }

    /// Puts the names into the directory, where they are not there from the beginning.
    func register(by client: Client) async {
        let own: Set<String> = ["wallet", "agent", "solana", "mixin_user"]
        for name in names where !own.contains(name.type) {
            var body: JSONObject = [
                "type": .string(name.type), "value": .string(name.canonical),
            ]
            if let category { body["category"] = .string(category) }
            _ = await client.make("/v1/wallets/\(account.wallet)/destinations", .object(body))
        }
        await joinMixin(by: client)
    }

    /// Makes somebody known by the Mixin user.
    func joinMixin(by client: Client) async {
        let seed = account.client.simulation.draw { $0.bytes(32) }
        let text = Base64.text(of: SigningKey(seed: seed).publicKey)
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        _ = await client.make(
            "/v1/api-keys",
            [
                "class": "agent", "kind": "mixin_session", "walletId": .string(account.wallet),
                "userId": .string(user), "sessionId": .string(user), "publicKey": .string(text),
            ]
        )
    }

    /// One of the spellings of one of the names.
    func spelling(_ random: inout SeededGenerator, isCanonical: Bool) -> String {
        let name = random.element(of: names)
        let spelling = random.element(of: name.spellings)
        return isCanonical ? name.canonical : spelling
    }
}
