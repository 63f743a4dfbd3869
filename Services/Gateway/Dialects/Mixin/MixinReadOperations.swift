import Contracts
import GatewayCore
import HTTP
import JSON

/// Assets and users.
enum MixinReadOperations {
    static let all: [Operation] = [
        Operation(
            .get,
            "/assets",
            id: "mixinAssets",
            "List the assets, with the key's wallet's balances",
            classes: .everybody,
            answers: [200: Schema.reference("MixinAssets")]
        ) { (call) async throws(APIFailure) in
            let balances = try await balances(call)
            let assets = Asset.all.map { asset in
                MixinAsset.object(asset, balance: balances[asset])
            }
            return .object(["data": .array(assets)])
        },
        Operation(
            .get,
            "/assets/{id}",
            id: "mixinAsset",
            "Get an asset, with the key's wallet's balance",
            classes: .everybody,
            answers: [200: Schema.reference("MixinAsset")]
        ) { (call) async throws(APIFailure) in
            guard let asset = MixinAsset.asset(call.parameters["id"].lowercased()) else {
                throw .notFound()
            }
            let balance = try await balances(call)[asset]
            return .object(["data": MixinAsset.object(asset, balance: balance)])
        },
        Operation(
            .get,
            "/users/{id}",
            id: "mixinUser",
            "Get a user of the organisation",
            classes: .everybody,
            answers: [200: Schema.reference("MixinUser")]
        ) { (call) async throws(APIFailure) in
            let id = call.parameters["id"].lowercased()
            guard UUIDText.isValid(id) else { throw .notFound() }
            let users = try await call.ask(
                FindUsers(organisation: call.principal.organisation, users: [id])
            ).users
            guard let user = users.first else { throw .notFound() }
            let isSelf = user.wallet == call.principal.wallet
            return .object([
                "data": MixinUser.object(user, relationship: isSelf ? "ME" : "STRANGER")
            ])
        },
        Operation(
            .get,
            "/me",
            id: "mixinMe",
            "Get the user of the key's wallet",
            classes: .everybody,
            answers: [200: Schema.reference("MixinUser")]
        ) { (call) async throws(APIFailure) in
            guard let wallet = call.principal.wallet else {
                throw .forbidden("Only an agent's key has a user: make one for a wallet.")
            }
            let users = try await call.ask(
                FindUsers(organisation: call.principal.organisation, wallets: [wallet])
            ).users
            guard let user = users.first else {
                throw .notFound(
                    "The wallet has no Mixin user: register one with POST /v1/wallets/"
                        + "\(wallet.rawValue)/destinations, with type mixin_user and a UUID."
                )
            }
            return .object(["data": MixinUser.object(user, relationship: "ME")])
        },
    ]

    private static func balances(_ call: Call) async throws(APIFailure) -> [Asset: MinorUnits] {
        guard let wallet = call.principal.wallet else { return [:] }
        let found = try await call.ask(
            GetWallet(organisation: call.principal.organisation, wallet: wallet)
        ).wallet
        return Dictionary(uniqueKeysWithValues: found.balances.map { ($0.asset, $0.available) })
    }
}
