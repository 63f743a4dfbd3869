import GatewayCore
import HTTP
import JSON

/// What barkd does and a wallet in the ledger cannot: each call is refused, and says why.
///
/// Where barkd has words for a wallet without the part that is asked for, the message begins with
/// them.
enum BarkRefusals {
    private static let offboards = "offboards are temporarily disabled"
    private static let noChain =
        "No onchain wallet configured: a wallet here is an account in a ledger, without coins of"
        + " its own on a chain"
    private static let noRefresh =
        "No VTXOs to refresh: a wallet here is an account in a ledger and has no VTXOs"
    private static let noExit =
        "there is nothing to exit: a wallet here is an account in a ledger and has no VTXOs"
    private static let noKeys =
        "messages are not signed here: the keys behind addresses are the platform's, not a wallet's"

    /// A call that is refused.
    private struct Refusal {
        var method: Method
        var path: String
        var id: String
        var summary: String
        var status: Int
        var message: String

        init(
            _ method: Method,
            _ path: String,
            _ id: String,
            _ summary: String,
            _ status: Int,
            _ message: String
        ) {
            self.method = method
            self.path = "/api/v1" + path
            self.id = id
            self.summary = summary
            self.status = status
            self.message = message
        }

        var operation: Operation {
            Operation(
                method,
                path,
                id: id,
                "\(summary): refused. \(message)",
                classes: .everybody,
                answers: [:],
                bodyTypes: ["application/json", "application/merge-patch+json"],
                keeping: .nothing
            ) { (call) async throws(APIFailure) in
                throw .bark(status, message, resources: call.parameters.values)
            }
        }
    }

    static let all: [Operation] =
        (walletRefusals + vtxoRefusals + exitRefusals + chainRefusals).map(\.operation)

    private static let walletRefusals = [
        Refusal(
            .post,
            "/wallet/create",
            "createBarkWallet",
            "Create a wallet",
            400,
            "No wallet creation hook set: an operator makes wallets, with POST /v1/wallets"
        ),
        Refusal(
            .delete,
            "/wallet",
            "deleteBarkWallet",
            "Delete the wallet",
            400,
            "No wallet deletion hook configured: an operator closes wallets, with PATCH"
                + " /v1/wallets/{wallet_id}"
        ),
        Refusal(
            .get,
            "/wallet/mnemonic",
            "getMnemonic",
            "Get the wallet's words",
            404,
            "Mnemonic endpoint is disabled: a wallet here has no words of its own, and the"
                + " platform's are shown to no client"
        ),
        Refusal(
            .get,
            "/wallet/addresses/index/{index}",
            "peekArkAddress",
            "Get an Ark address by its index",
            500,
            "addresses have no index here: GET /v1/wallets/{wallet_id}/destinations lists them"
        ),
        Refusal(
            .post,
            "/history/{movement_id}/metadata",
            "updateMovementMetadata",
            "Change a movement's metadata",
            500,
            "movements have no metadata of their own here: send a comment with the payment"
        ),
        Refusal(
            .delete,
            "/lightning/receives/{identifier}",
            "cancelReceive",
            "Cancel a receive",
            500,
            "an invoice is not cancelled here: it cannot be paid any more an hour after it was made"
        ),
        Refusal(
            .get,
            "/notifications/ws/ticket",
            "websocketTicket",
            "Get a ticket for a websocket",
            500,
            "there is no websocket here: use GET /api/v1/notifications/wait, or the event stream"
                + " GET /v1/events/stream"
        ),
        Refusal(.post, "/message/sign", "signMessage", "Sign a message", 500, noKeys),
        Refusal(.post, "/message/verify", "verifyMessage", "Verify a message", 500, noKeys),
    ]

    private static let vtxoRefusals = [
        Refusal(
            .get,
            "/wallet/next-round",
            "nextRound",
            "Get the time of the next round",
            404,
            "there are no rounds: a wallet here is an account in a ledger, whose payments are final"
                + " at once"
        ),
        Refusal(.get, "/wallet/vtxos/{vtxo_id}", "getVtxo", "Get a VTXO", 404, "VTXO not found"),
        Refusal(
            .get,
            "/wallet/vtxos/{vtxo_id}/encoded",
            "getEncodedVtxo",
            "Get a VTXO as it is encoded",
            404,
            "VTXO not found"
        ),
        Refusal(
            .post,
            "/wallet/import-vtxo",
            "importVtxo",
            "Import VTXOs",
            400,
            "VTXOs cannot be imported: a wallet here is an account in a ledger and has no VTXOs"
        ),
        Refusal(.post, "/wallet/refresh/all", "refreshAll", "Refresh VTXOs", 400, noRefresh),
        Refusal(.post, "/wallet/refresh/vtxos", "refreshVtxos", "Refresh VTXOs", 400, noRefresh),
        Refusal(
            .post,
            "/wallet/refresh/delegated/vtxos",
            "refreshDelegated",
            "Refresh VTXOs in the background",
            400,
            noRefresh
        ),
        Refusal(
            .post,
            "/wallet/refresh/counterparty",
            "refreshCounterparty",
            "Refresh received VTXOs",
            404,
            noRefresh
        ),
        Refusal(.post, "/wallet/offboard/all", "offboardAll", "Offboard", 500, offboards),
        Refusal(.post, "/wallet/offboard/vtxos", "offboardVtxos", "Offboard", 500, offboards),
        Refusal(.post, "/wallet/send-onchain", "sendOnchain", "Send on a chain", 500, offboards),
        Refusal(.post, "/fees/offboard", "offboardFee", "Estimate a fee", 500, offboards),
        Refusal(.get, "/fees/offboard-all", "offboardAllFee", "Estimate a fee", 500, offboards),
        Refusal(.get, "/fees/send-onchain", "sendOnchainFee", "Estimate a fee", 500, offboards),
    ]

    private static let exitRefusals = [
        Refusal(
            .get,
            "/exits/status/{vtxo_id}",
            "getExit",
            "Get an exit",
            404,
            "VTXO not found"
        ),
        Refusal(
            .get,
            "/exits/status/vtxo/{vtxo_id}",
            "getExitOfVtxo",
            "Get an exit",
            404,
            "VTXO not found"
        ),
        Refusal(
            .post,
            "/exits/cancel/{vtxo_id}",
            "cancelExit",
            "Cancel an exit",
            404,
            "No exit found for VTXO"
        ),
        Refusal(.get, "/exits/fee", "exitFee", "Estimate a fee", 500, noExit),
        Refusal(.post, "/exits/start/all", "startExit", "Start exits", 500, noExit),
        Refusal(.post, "/exits/start/vtxos", "startExitOfVtxos", "Start exits", 500, noExit),
        Refusal(.post, "/exits/progress", "progressExits", "Go on with exits", 500, noExit),
        Refusal(.post, "/exits/claim/all", "claimExits", "Claim exits", 500, noExit),
        Refusal(.post, "/exits/claim/vtxos", "claimExitsOfVtxos", "Claim exits", 500, noExit),
    ]

    private static let chainRefusals = [
        Refusal(.get, "/bitcoin/tip", "bitcoinTip", "Get the chain's height", 500, noChain),
        Refusal(.post, "/boards/board-all", "boardAll", "Board", 500, noChain),
        Refusal(.post, "/boards/board-amount", "boardAmount", "Board", 500, noChain),
        Refusal(.get, "/fees/board", "boardFee", "Estimate a fee", 500, noChain),
        Refusal(.get, "/fees/onchain", "onchainFeeRates", "Get the chain's fees", 500, noChain),
        Refusal(.get, "/onchain/balance", "onchainBalance", "Get the coins", 500, noChain),
        Refusal(.post, "/onchain/addresses/next", "onchainAddress", "Make one", 500, noChain),
        Refusal(.post, "/onchain/send", "sendCoins", "Send coins", 500, noChain),
        Refusal(.post, "/onchain/send-many", "sendManyCoins", "Send coins", 500, noChain),
        Refusal(.post, "/onchain/drain", "drainCoins", "Send all coins", 500, noChain),
        Refusal(.post, "/onchain/sync", "syncCoins", "Look for coins", 500, noChain),
        Refusal(.get, "/onchain/transactions", "barkChainTransactions", "List", 500, noChain),
        Refusal(.get, "/onchain/utxos", "barkCoins", "List coins", 500, noChain),
    ]
}

extension APIFailure {
    /// A refusal in barkd's words, with what is not there if something is not.
    static func bark(_ status: Int, _ message: String, resources: [String] = []) -> APIFailure {
        APIFailure(
            status,
            "refused",
            message,
            details: status == 404 ? ["resources": .array(resources.map { .string($0) })] : [:]
        )
    }
}
