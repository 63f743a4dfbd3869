import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON

/// Group accounts and releases from them: members sign, and at the threshold the money moves.
enum GroupOperations {
    static let all: [Operation] = [
        Operation(
            .get,
            "/v1/groups",
            id: "listGroups",
            "List group accounts, newest first; an agent's key sees those that it is a member of",
            classes: .everybody,
            query: Schema.page,
            answers: [200: Schema.list(of: "Group")]
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(
                ListGroups(
                    organisation: call.principal.organisation,
                    wallet: call.principal.wallet,
                    page: try call.page()
                )
            )
            return .object(
                Listing.object(reply.groups.map(Rendering.group), next: reply.next, of: call)
            )
        },
        Operation(
            .get,
            "/v1/groups/{group_id}",
            id: "getGroup",
            "Get a group account",
            classes: .everybody,
            answers: [200: Schema.reference("Group"), 404: failure]
        ) { (call) async throws(APIFailure) in
            .object(Rendering.group(try await group(call).group))
        },
        Operation(
            .post,
            "/v1/groups/{group_id}/releases",
            id: "createRelease",
            "Request a release, which members then sign",
            classes: spenders,
            body: Schema.closed(
                ["to": Schema.destination, "amount": Schema.amount],
                required: ["to", "amount"]
            ),
            answers: released
        ) { (call) async throws(APIFailure) in try await create(call) },
        Operation(
            .get,
            "/v1/groups/{group_id}/releases",
            id: "listReleases",
            "List a group's releases, newest first",
            classes: .everybody,
            query: Schema.page,
            answers: [200: Schema.list(of: "GroupRelease"), 404: failure]
        ) { (call) async throws(APIFailure) in
            let group = try await group(call).group
            let reply = try await call.ask(
                ListReleases(
                    organisation: call.principal.organisation,
                    group: group.id,
                    page: try call.page()
                )
            )
            let releases = reply.releases.map { release($0, call) }
            return .object(Listing.object(releases, next: reply.next, of: call))
        },
        Operation(
            .get,
            "/v1/groups/{group_id}/releases/{release_id}",
            id: "getRelease",
            "Get a release",
            classes: .everybody,
            answers: [200: Schema.reference("GroupRelease"), 404: failure]
        ) { (call) async throws(APIFailure) in
            let group = try await group(call).group
            let reply = try await call.ask(
                GetRelease(
                    organisation: call.principal.organisation,
                    release: try call.identifier("release_id"),
                    group: group.id
                )
            )
            return .object(release(reply.release, call))
        },
        Operation(
            .post,
            "/v1/groups/{group_id}/releases/{release_id}/sign",
            id: "signRelease",
            "Sign a release with a member's key; at the threshold the money moves, once",
            classes: spenders,
            answers: released
        ) { (call) async throws(APIFailure) in
            let group = try await group(call)
            guard !group.memberships.isEmpty, let wallet = call.principal.wallet else {
                throw .forbidden("Only a member's key can sign.")
            }
            try checkActive(group)
            let reply = try await call.ask(
                SignRelease(
                    organisation: call.principal.organisation,
                    release: try call.identifier("release_id"),
                    group: group.group.id,
                    members: group.memberships,
                    wallet: wallet
                )
            )
            if let refusal = reply.release.refusal {
                throw refused(reply.release, refusal, to: wallet)
            }
            return .object(release(reply.release, call))
        },
        Operation(
            .post,
            "/v1/groups/{group_id}/releases/{release_id}/cancel",
            id: "cancelRelease",
            "Cancel a release that waits for signatures, as a member or an operator",
            classes: spenders,
            answers: released
        ) { (call) async throws(APIFailure) in
            let group = try await group(call).group
            let reply = try await call.ask(
                CancelRelease(
                    organisation: call.principal.organisation,
                    release: try call.identifier("release_id"),
                    group: group.id
                )
            )
            return .object(release(reply.release, call))
        },
    ]

    private static let spenders: Set<KeyClass> = [.admin, .operator, .agent]

    private static let failure = Schema.reference("Failure")

    private static let released: [Int: JSONValue] = [
        200: Schema.reference("GroupRelease"), 402: Schema.reference("PolicyViolation"),
        404: failure, 409: failure,
        422: failure,
    ]

    /// The group in the path, which an agent's key sees only as a member.
    private static func group(_ call: Call) async throws(APIFailure) -> GroupReply {
        try await call.ask(
            GetGroup(
                organisation: call.principal.organisation,
                group: try call.identifier("group_id"),
                wallet: call.principal.wallet
            )
        )
    }

    /// A frozen wallet's key commits to nothing.
    private static func checkActive(_ group: GroupReply) throws(APIFailure) {
        guard group.walletStatus.map({ $0 == .active }) ?? true else {
            throw APIFailure(422, "wallet_frozen", "The wallet is frozen or closed.")
        }
    }

    /// A release; another wallet's policy shows its rules, and not its numbers.
    private static func release(_ release: ReleaseSnapshot, _ call: Call) -> JSONObject {
        Rendering.release(release, to: call.principal.wallet)
    }

    /// The answer to who signed last, when a signing wallet's policy refuses the release.
    private static func refused(
        _ release: ReleaseSnapshot,
        _ refusal: ReleaseRefusal,
        to wallet: Wallet.ID
    ) -> APIFailure {
        guard refusal.wallet == wallet else {
            let rules = refusal.violations.map(\.rule.rawValue).joined(separator: ", ")
            return .forbidden(
                "The policy of \(refusal.wallet.rawValue), which signed, refuses it: \(rules)."
            )
        }
        var failure = PaymentOperations.blocked(
            Payment.ID("tx_" + release.id.rawValue.dropFirst("rel_".count)),
            wallet: refusal.wallet,
            policy: refusal.policy,
            refusal.violations
        )
        failure.details["release_id"] = .string(release.id.rawValue)
        return failure
    }

    private static func create(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let target = body.destination("to")
        _ = body.amount("amount", in: nil)
        let key = body.idempotencyKey
        try body.finish()
        // How many places there may be is known with the group's asset.
        let asker = try await group(call)
        try checkActive(asker)
        let group = asker.group
        let amount = body.amount("amount", in: group.balance.asset)
        try body.finish()
        guard let target, let amount else { throw .invalid(body.problems) }
        guard target.destination.kind != .bolt11, target.destination.kind != .group else {
            throw APIFailure(
                422,
                target.destination.isOwn ? "destination_unknown" : "no_rail",
                "A release goes to a wallet, not to an invoice or a group; release the money to a"
                    + " wallet, which pays the invoice."
            )
        }
        let owner = try await call.owner(of: target.destination, written: target.text)
        guard let owner else {
            throw APIFailure(
                422,
                target.destination.isOwn ? "destination_unknown" : "no_rail",
                "Nobody in this organisation has that destination."
            )
        }
        let reply = try await call.ask(
            CreateRelease(
                organisation: call.principal.organisation,
                id: call.identifier(route: "POST releases \(group.id.rawValue)", key: key),
                group: group.id,
                members: group.members,
                threshold: group.threshold,
                destination: target.destination,
                recipient: target.text,
                receiverWallet: owner,
                amount: amount.money,
                amountText: amount.text,
                createdBy: call.principal.wallet,
                digest: Digest.hex(of: [
                    "release", group.id.rawValue, target.text, amount.money.minorUnits.description,
                ])
            )
        )
        let response = Response.object(release(reply.release, call))
        return reply.isReplay ? response.replayed : response
    }
}
