import Contracts
import Crypto
import GatewayCore
import HTTP
import JSON
import Messaging

/// Transfers to users and transactions to groups: each has a trace, which is paid once.
enum MixinTransferOperations {
    static let all: [Operation] = [
        Operation(
            .post,
            "/transfers",
            id: "mixinTransfer",
            "Pay a user",
            classes: .payers,
            body: Schema.object(
                JSONObject(
                    MixinPaymentOperations.fields.members + [
                        .init(key: "opponent_id", value: MixinPaymentOperations.uuid)
                    ]
                ),
                required: ["asset_id", "amount", "opponent_id"]
            ),
            answers: answers,
            keeping: .objects
        ) { (call) async throws(APIFailure) in
            let body = try MixinBody(call.request)
            guard let user = try body.uuid("opponent_id") else {
                throw MixinBody.invalid("opponent_id", "It is required.")
            }
            return try await pay(
                call,
                body,
                .init(receivers: [user], threshold: 1),
                "mixinTransfer"
            )
        },
        Operation(
            .post,
            "/transactions",
            id: "mixinTransaction",
            "Pay a group, or a payment code",
            classes: .payers,
            body: Schema.object(
                JSONObject(
                    MixinPaymentOperations.fields.members + [
                        .init(key: "opponent_multisig", value: MixinPaymentOperations.group)
                    ]
                ),
                required: ["asset_id", "amount", "opponent_multisig"]
            ),
            answers: answers,
            keeping: .objects
        ) { (call) async throws(APIFailure) in
            let body = try MixinBody(call.request)
            guard let group = try body.group() else {
                throw MixinBody.invalid("opponent_multisig", "It is required.")
            }
            return try await pay(call, body, group, "mixinTransaction")
        },
        Operation(
            .get,
            "/transfers/trace/{trace_id}",
            id: "mixinTransferByTrace",
            "Get the payment of a trace, as one of its parties",
            classes: .everybody,
            answers: answers
        ) { (call) async throws(APIFailure) in
            let trace = call.parameters["trace_id"].lowercased()
            guard UUIDText.isValid(trace) else { throw .notFound() }
            let found = try await call.ask(
                FindTrace(
                    organisation: call.principal.organisation,
                    trace: trace,
                    party: call.principal.wallet
                )
            )
            guard found.isPaid, let payment = found.payment else { throw .notFound() }
            return try await answer(payment, call)
        },
    ]

    private static let answers: [Int: JSONValue] = [200: Schema.reference("MixinTransfer")]

    private static func pay(
        _ call: Call,
        _ body: MixinBody,
        _ group: MixinBody.Group,
        _ route: String
    ) async throws(APIFailure) -> Response {
        let (money, text) = try body.amount()
        let trace = try body.trace(of: call, call.principal)
        let memo = try body.memo()
        guard let wallet = call.principal.wallet else {
            throw .forbidden("Only a wallet's key pays.")
        }
        let organisation = call.principal.organisation
        if let paid = try await paid(trace, by: wallet, call) {
            // A repeat meets its payment; what it asks for must be the same.
            guard paid.amount == money, (paid.memo ?? "") == memo else { throw traceUsed }
        }
        try await checkCode(trace, money, group, call)
        let destination: Destination
        if let user = group.single {
            destination = Destination(kind: .mixinUser, value: user)
        } else {
            let opened = try await call.ask(
                OpenGroup(
                    organisation: organisation,
                    members: group.members,
                    threshold: group.threshold,
                    asset: money.asset,
                    wallet: wallet
                )
            )
            destination = Destination(kind: .group, value: opened.group.id.rawValue)
        }
        let digest = Digest.hex(of: [
            "mixin", wallet.rawValue, destination.value, money.minorUnits.description,
            money.asset.rawValue, memo,
        ])
        let order = PaymentOrder(
            id: call.identifier(route: "mixin", key: trace),
            organisation: organisation,
            wallet: wallet,
            destination: destination,
            recipient: destination.value,
            amount: money,
            amountText: text,
            memo: memo,
            trace: trace,
            digest: digest,
            requester: call.principal.key,
            compound: try body.key(of: call).map { key in
                // The payment is its trace's; a key beside it stands for that trace, and no other.
                CompoundRequest(
                    identity: Digest.hex(of: [call.principal.idempotencyScope, route, key]),
                    digest: Digest.hex(of: [digest, trace])
                )
            }
        )
        do throws(APIFailure) {
            let (payment, isReplay) = try await call.pay(order)
            return try await call.outcome(isReplay) { () async throws(APIFailure) in
                try await answer(payment, call)
            }
        } catch {
            guard error.code == "idempotency_conflict" else { throw error }
            guard order.compound != nil, try body.uuid("trace_id") != nil else { throw traceUsed }
            throw .forbidden("The key or the trace stands for another payment.")
        }
    }

    /// The wallet's own payment of a trace; a trace that somebody else has paid is refused.
    private static func paid(
        _ trace: String,
        by wallet: Wallet.ID,
        _ call: Call
    ) async throws(APIFailure) -> PaymentSnapshot? {
        let found = try await call.ask(
            FindTrace(organisation: call.principal.organisation, trace: trace, party: wallet)
        )
        if found.isPaid, found.payment?.wallet != wallet { throw traceUsed }
        return found.payment
    }

    /// A trace that stands for a code pays that code, and nothing else.
    private static func checkCode(
        _ trace: String,
        _ money: Money,
        _ group: MixinBody.Group,
        _ call: Call
    ) async throws(APIFailure) {
        let code: CodeSnapshot
        do throws(APIFailure) {
            code = try await call.ask(
                GetCode(organisation: call.principal.organisation, trace: trace)
            ).code
        } catch {
            guard error.status == 404 else { throw error }
            return
        }
        let isSame =
            code.amount == money && Set(code.receivers) == Set(group.receivers)
            && code.threshold == group.threshold
        guard isSame else { throw .forbidden("The trace stands for another payment.") }
    }

    private static let traceUsed = MixinCode.failure(
        MixinCode.traceUsed,
        "The trace was paid by somebody else, or for something else."
    )

    // MARK: Answers

    private static func answer(
        _ payment: PaymentSnapshot,
        _ call: Call
    ) async throws(APIFailure) -> Response {
        switch payment.status {
        case .confirmed: return MixinPaymentOperations.data(try await object(payment, call))
        case .blocked:
            guard let violation = payment.violations?.first else {
                throw .forbidden("Forbidden: the payment was not approved.")
            }
            throw .forbidden(
                "Forbidden: blocked by policy: \(violation.rule.rawValue)"
                    + " (limit \(violation.limit), attempted \(violation.attempted))"
            )
        case .awaitingApproval, .pending:
            throw .forbidden(
                "The payment waits: \(payment.approval?.rawValue ?? payment.id.rawValue)."
            )
        case .failed:
            switch payment.failure {
            case .insufficientFunds:
                throw MixinCode.failure(
                    MixinCode.insufficientBalance,
                    "The account has not enough money."
                )
            case .conflict: throw traceUsed
            case .destinationUnknown, .noRail:
                throw MixinBody.invalid("opponent_id", "It is nobody of this organisation.")
            case .invalidRequest:
                throw MixinBody.invalid("opponent_id", "It is the payer itself.")
            default:
                throw .forbidden("Forbidden: \(payment.failure?.rawValue ?? "failed").")
            }
        }
    }

    /// The transfer, as the payer or the one who is paid sees it.
    private static func object(
        _ payment: PaymentSnapshot,
        _ call: Call
    ) async throws(APIFailure) -> JSONObject {
        let isPayer = call.principal.wallet.map { $0 == payment.wallet } ?? true
        let organisation = call.principal.organisation
        var opponent = ""
        var group: GroupSnapshot?
        if payment.recipient.hasPrefix("grp_") {
            group = try await call.ask(
                GetGroup(organisation: organisation, group: GroupAccount.ID(payment.recipient))
            ).group
        }
        if !isPayer {
            let users = try await call.ask(
                FindUsers(organisation: organisation, wallets: [payment.wallet])
            ).users
            opponent = users.first?.user ?? ""
        } else if group == nil {
            opponent = payment.recipient
        }
        let amount = MixinAsset.text(payment.amount)
        let snapshot = SHA256.digest(of: Array(payment.id.rawValue.utf8))
        var object: JSONObject = [
            "type": "transfer", "snapshot_id": .string(UUIDText.text(of: snapshot)),
            "opponent_id": .string(opponent),
            "asset_id": .string(MixinAsset.id(of: payment.amount.asset)),
            "amount": .string(isPayer ? "-" + amount : amount),
        ]
        if isPayer, let balance = payment.payerBalance,
            let before = balance.adding(payment.amount.minorUnits)
        {
            let closing = Money(minorUnits: balance, asset: payment.amount.asset)
            let opening = Money(
                minorUnits: before,
                asset: payment.amount.asset
            )
            object["opening_balance"] = .string(MixinAsset.text(opening))
            object["closing_balance"] = .string(MixinAsset.text(closing))
        }
        object["trace_id"] = .string(payment.trace ?? "")
        object["memo"] = .string(payment.memo ?? "")
        object["created_at"] = .string(payment.createdAt.mixinText)
        if let group {
            object["opponent_multisig"] = [
                "receivers": .array(group.members.map { .string($0) }),
                "threshold": .integer(Int64(group.threshold)),
            ]
        }
        return object
    }
}
