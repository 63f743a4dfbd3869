import APIObjects
import Contracts
import Crypto
import GatewayCore
import HTTP
import JSON

/// Escrows: money that moves when work is done.
enum EscrowOperations {
    static let all: [Operation] = [
        Operation(
            .post,
            "/v1/payments/a2a",
            id: "createEscrow",
            "Lock money until another agent's work is done",
            classes: spenders,
            body: EscrowBodies.creation,
            answers: [
                200: Schema.reference("Escrow"), 202: Schema.reference("Escrow"),
                402: Schema.reference("PolicyViolation"), 409: Schema.reference("Failure"),
                422: Schema.reference("Failure"),
            ],
            keeping: .objects
        ) { (call) async throws(APIFailure) in try await create(call) },
        Operation(
            .get,
            "/v1/payments/a2a",
            id: "listEscrows",
            "List escrows, newest first",
            classes: .everybody,
            query: [
                .init(
                    name: "walletId",
                    schema: Schema.identifier("wal"),
                    summary: "Only those that this wallet is a party to."
                ),
                .init(name: "status", schema: statuses, summary: "The status."),
            ] + Schema.page,
            answers: [200: Schema.list(of: "Escrow"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in try await list(call) },
        Operation(
            .get,
            "/v1/payments/a2a/{escrow_id}",
            id: "getEscrow",
            "Get an escrow",
            classes: .everybody,
            answers: [200: Schema.reference("Escrow"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in
            try await answer(
                call,
                to: GetEscrow(
                    escrow: try call.identifier("escrow_id"),
                    organisation: call.principal.organisation,
                    party: call.principal.wallet
                )
            )
        },
        Operation(
            .post,
            "/v1/payments/a2a/{escrow_id}/complete",
            id: "completeEscrow",
            "Prove that the work is done",
            classes: spenders,
            body: EscrowBodies.completion,
            answers: changed
        ) { (call) async throws(APIFailure) in try await complete(call) },
        Operation(
            .post,
            "/v1/payments/a2a/{escrow_id}/accept",
            id: "acceptEscrow",
            "Release the money of a completed escrow, as its payer",
            classes: spenders,
            answers: changed
        ) { (call) async throws(APIFailure) in
            try await answer(
                call,
                to: AcceptEscrow(
                    escrow: try call.identifier("escrow_id"),
                    organisation: call.principal.organisation,
                    actor: call.principal.wallet
                )
            )
        },
        Operation(
            .post,
            "/v1/payments/a2a/{escrow_id}/dispute",
            id: "disputeEscrow",
            "Dispute an escrow, before its money has moved",
            classes: spenders,
            body: EscrowBodies.dispute,
            answers: changed
        ) { (call) async throws(APIFailure) in try await dispute(call) },
        Operation(
            .post,
            "/v1/payments/a2a/{escrow_id}/resolve",
            id: "resolveEscrow",
            "Decide a dispute, as an operator or the arbiter",
            classes: spenders,
            body: EscrowBodies.resolution,
            answers: changed
        ) { (call) async throws(APIFailure) in try await resolve(call) },
    ]

    private static let spenders: Set<KeyClass> = [.admin, .operator, .agent]

    private static let changed: [Int: JSONValue] = [
        200: Schema.reference("Escrow"), 404: Schema.reference("Failure"),
        409: Schema.reference("Failure"), 422: Schema.reference("Failure"),
    ]

    private static let visible: [EscrowStatus] = [
        .locked, .completed, .released, .refunded, .disputed, .awaitingApproval, .blocked,
        .failed,
    ]

    private static let statuses: JSONValue = [
        "type": "string", "enum": .array(visible.map { .string($0.rawValue) }),
    ]

    private static func create(_ call: Call) async throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let payer = body.text("fromWallet", 1...80, isRequired: true)
        let receiver = body.destination("toWallet")
        let asset = body.asset("currency", isRequired: true)
        let amount = body.amount("amount", in: asset)
        let conditions = EscrowBodies.conditions(&body)
        let key = body.idempotencyKey
        try body.finish()
        guard let payer, let receiver, let amount, let conditions else {
            throw .invalid(body.problems)
        }
        if let own = call.principal.wallet, own.rawValue != payer {
            throw .forbidden("The key spends from another wallet.")
        }
        var resolved = conditions
        if conditions.reviewSeconds == nil, conditions.namedProofs.isEmpty {
            resolved.reviewSeconds = try Administration.organisation(call).escrowReviewSeconds
        }
        let id: Escrow.ID = call.identifier(route: "POST /v1/payments/a2a", key: key)
        if let arbiter = conditions.arbiter {
            try await check(arbiter, of: id, payer: Wallet.ID(payer), receiver, call)
        }
        let reply = try await call.ask(
            CreateEscrow(
                id: id,
                organisation: call.principal.organisation,
                payer: Wallet.ID(payer),
                receiver: receiver.destination,
                receiverText: receiver.text,
                amount: amount.money,
                amountText: amount.text,
                conditions: resolved,
                digest: Digest.hex(
                    of: [
                        "escrow", payer, receiver.text, amount.money.minorUnits.description,
                        amount.money.asset.rawValue,
                    ] + EscrowBodies.texts(of: conditions)
                ),
                requester: call.principal.key
            )
        )
        return try await call.outcome(reply.isReplay) { () throws(APIFailure) in
            try answer(reply.escrow, secret: reply.callbackSecret)
        }
    }

    /// Refuses an arbiter who could never decide: nobody of this organisation, or a party.
    private static func check(
        _ arbiter: Wallet.ID,
        of escrow: Escrow.ID,
        payer: Wallet.ID,
        _ receiver: (destination: Destination, text: String),
        _ call: Call
    ) async throws(APIFailure) {
        let organisation = call.principal.organisation
        var problem: String?
        do throws(APIFailure) {
            let question = GetWallet(organisation: organisation, wallet: arbiter)
            let wallet = try await call.ask(question).wallet
            if wallet.status == .closed { problem = "It is closed." }
        } catch {
            guard error.code == RequestRefused.Code.notFound.rawValue else { throw error }
            problem = "It must be a wallet of the organisation."
        }
        if problem == nil {
            let owner = try await call.owner(of: receiver.destination, written: receiver.text)
            if arbiter == payer || arbiter == owner { problem = "A party cannot be the arbiter." }
        }
        guard let problem else { return }
        // A repeat meets its first outcome, whatever has become of the wallets since.
        let known = GetEscrow(escrow: escrow, organisation: organisation)
        do throws(APIFailure) {
            _ = try await call.ask(known)
        } catch {
            guard error.code == RequestRefused.Code.notFound.rawValue else { throw error }
            throw .invalid([.init(field: "arbiter", code: "invalid", message: problem)])
        }
    }

    /// The answer that a new escrow's status is.
    private static func answer(
        _ escrow: EscrowSnapshot,
        secret: String?
    ) throws(APIFailure) -> Response {
        var object = Rendering.escrow(escrow)
        if let secret { object["callback_secret"] = .string(secret) }
        let payment = escrow.id.payment
        switch escrow.status {
        case .blocked:
            throw PaymentOperations.blocked(
                payment,
                wallet: escrow.payer,
                policy: escrow.policy,
                escrow.violations
            )
        case .failed:
            throw PaymentOperations.failed(payment, escrow.failure ?? .invalidRequest)
        case .requested, .awaitingApproval:
            return .object(object, status: 202)
        default:
            return .object(object)
        }
    }

    /// Whether a call comes from the agent who is paid in the end.
    private static func isReceiver(_ call: Call, _ escrow: EscrowSnapshot) -> Bool {
        call.principal.wallet.map { $0 == escrow.receiverWallet } ?? false
    }

    private static func list(_ call: Call) async throws(APIFailure) -> Response {
        let asked: Wallet.ID? = try call.queryIdentifier("walletId")
        if let asked { try call.checkOwn(asked) }
        let status: EscrowStatus? = try call.choice("status", among: visible)
        let reply = try await call.ask(
            ListEscrows(
                organisation: call.principal.organisation,
                party: asked ?? call.principal.wallet,
                status: status,
                page: try call.page()
            )
        )
        let data = reply.escrows.map { Rendering.escrow($0, isForReceiver: isReceiver(call, $0)) }
        return .object(Listing.object(data, next: reply.next, of: call))
    }

    private static func complete(_ call: Call) async throws(APIFailure) -> Response {
        let escrow: Escrow.ID = try call.identifier("escrow_id")
        var body = try BodyReader(call.request)
        let proof = EscrowBodies.proof(&body)
        try body.finish()
        guard let proof else { throw .invalid(body.problems) }
        return try await answer(
            call,
            to: CompleteEscrow(
                escrow: escrow,
                organisation: call.principal.organisation,
                actor: call.principal.wallet,
                proof: proof
            )
        )
    }

    private static func dispute(_ call: Call) async throws(APIFailure) -> Response {
        let escrow: Escrow.ID = try call.identifier("escrow_id")
        var body = try BodyReader(call.request)
        let reason = body.text("reason", 1...2000, isRequired: true)
        let evidence = body.text("evidence", 1...4096)
        try body.finish()
        guard let reason else { throw .invalid(body.problems) }
        return try await answer(
            call,
            to: DisputeEscrow(
                escrow: escrow,
                organisation: call.principal.organisation,
                actor: call.principal.wallet,
                reason: reason,
                evidence: evidence
            )
        )
    }

    private static func resolve(_ call: Call) async throws(APIFailure) -> Response {
        let escrow: Escrow.ID = try call.identifier("escrow_id")
        var body = try BodyReader(call.request)
        let resolution = try await EscrowBodies.resolution(&body) { () async throws(APIFailure) in
            let question = GetEscrow(
                escrow: escrow,
                organisation: call.principal.organisation,
                party: call.principal.wallet
            )
            return try await call.ask(question).escrow.amount.asset
        }
        try body.finish()
        guard let resolution else { throw .invalid(body.problems) }
        return try await answer(
            call,
            to: ResolveEscrow(
                escrow: escrow,
                organisation: call.principal.organisation,
                actor: call.principal.wallet,
                key: call.principal.key,
                decision: resolution.decision,
                toReceiver: resolution.toReceiver
            )
        )
    }

    /// Asks Escrow, and answers with the escrow; a wrong status is a conflict.
    private static func answer<Question: Contracts.Request>(
        _ call: Call,
        to question: Question
    ) async throws(APIFailure) -> Response where Question.Reply == EscrowReply {
        do {
            let escrow = try await call.ask(question).escrow
            return .object(Rendering.escrow(escrow, isForReceiver: isReceiver(call, escrow)))
        } catch {
            guard error.code == RequestRefused.Code.invalidState.rawValue else { throw error }
            var conflict = error
            conflict.status = 409
            throw conflict
        }
    }
}
