import APIObjects
import Contracts
import GatewayCore
import HTTP
import JSON

/// Approvals: a person's yes, never an agent's.
enum ApprovalOperations {
    static let all: [Operation] = [
        Operation(
            .get,
            "/v1/approvals",
            id: "listApprovals",
            "List approvals, newest first",
            classes: .readers,
            query: [
                .init(
                    name: "status",
                    schema: Schema.choice(ApprovalSnapshot.Status.self),
                    summary: "The status."
                ),
                .init(
                    name: "walletId",
                    schema: Schema.identifier("wal"),
                    summary: "The wallet."
                ),
            ] + Schema.page,
            answers: [200: Schema.list(of: "Approval")]
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(
                ListApprovals(
                    organisation: call.principal.organisation,
                    status: try call.choice("status"),
                    wallet: try call.queryIdentifier("walletId"),
                    page: try call.page()
                )
            )
            let data = reply.approvals.map { Rendering.approval($0) }
            return .object(Listing.object(data, next: reply.next, of: call))
        },
        Operation(
            .get,
            "/v1/approvals/{approval_id}",
            id: "getApproval",
            "Get an approval",
            classes: .readers,
            answers: [200: Schema.reference("Approval"), 404: Schema.reference("Failure")]
        ) { (call) async throws(APIFailure) in
            let reply = try await call.ask(
                GetApproval(
                    organisation: call.principal.organisation,
                    approval: try call.identifier("approval_id", of: Approval.self)
                )
            )
            return .object(Rendering.approval(reply.approval))
        },
        Operation(
            .post,
            "/v1/approvals/{approval_id}/approve",
            id: "approve",
            "Approve a payment that waits",
            classes: .operators,
            body: body,
            isBodyOptional: true,
            answers: decided
        ) { (call) async throws(APIFailure) in try await decide(call, isApproved: true) },
        Operation(
            .post,
            "/v1/approvals/{approval_id}/deny",
            id: "deny",
            "Deny a payment that waits",
            classes: .operators,
            body: body,
            isBodyOptional: true,
            answers: decided
        ) { (call) async throws(APIFailure) in try await decide(call, isApproved: false) },
    ]

    /// What the person says about it.
    private static let body = Schema.closed(["reason": Schema.optional(Schema.text(1...500))])

    private static let decided: [Int: JSONValue] = [
        200: Schema.reference("Approval"), 403: Schema.reference("Failure"),
        404: Schema.reference("Failure"), 409: Schema.reference("Failure"),
    ]

    private static func decide(
        _ call: Call,
        isApproved: Bool
    ) async throws(APIFailure) -> Response {
        let organisation = call.principal.organisation
        let id = try call.identifier("approval_id", of: Approval.self)
        var body = try BodyReader(call.request, isOptional: true)
        let reason = body.text("reason", 1...500)
        try body.finish()
        var status: WalletSnapshot.Status?
        var recipient: DecideApproval.RecipientState?
        if isApproved {
            // Settlement knows who is frozen; it also looks again when it moves the money.
            let approval = try await call.ask(
                GetApproval(organisation: organisation, approval: id)
            ).approval
            status = try await call.ask(
                GetWallet(organisation: organisation, wallet: approval.order.wallet)
            ).wallet.status
            recipient = try await state(of: approval.order, call)
        }
        let reply = try await call.ask(
            DecideApproval(
                organisation: organisation,
                approval: id,
                isApproved: isApproved,
                decidedBy: call.principal.key,
                walletStatus: status,
                recipient: recipient,
                reason: reason
            )
        )
        await settle(reply.approval, call)
        return .object(Rendering.approval(reply.approval))
    }

    /// Whom an order's destination leads to now.
    private static func state(
        of order: PaymentOrder,
        _ call: Call
    ) async throws(APIFailure) -> DecideApproval.RecipientState {
        let destination = order.destination
        if destination.kind == .group { return .open }
        let owner = try await call.owner(of: destination, written: order.recipient)
        guard let owner else {
            switch destination.kind {
            case .wallet, .agent, .domain, .phone, .mixinUser: return .nobody
            case .solana, .bolt11, .bolt12Offer, .lightningAddress, .lnurl, .ark, .bitcoin, .group:
                return .open
            }
        }
        let wallet = try await call.ask(
            GetWallet(organisation: order.organisation, wallet: owner)
        ).wallet
        return wallet.status == .closed ? .closed : .open
    }

    /// How often it is looked whether a payment has gone on, and how long between.
    private static let looks = (count: 40, milliseconds: Int64(25))

    /// Waits a moment until who reads the payment or the escrow finds it as the person has left it.
    ///
    /// Policy has decided; Settlement, and Escrow after it, hear of it a moment later.
    private static func settle(_ approval: ApprovalSnapshot, _ call: Call) async {
        let organisation = call.principal.organisation
        let order = approval.order
        for _ in 0..<looks.count {
            do throws(APIFailure) {
                if let escrow = order.escrow {
                    let found = try await call.ask(
                        GetEscrow(escrow: escrow, organisation: organisation)
                    ).escrow
                    if ![.requested, .awaitingApproval].contains(found.status) { return }
                } else {
                    let found = try await call.ask(
                        GetPayment(organisation: organisation, payment: order.id)
                    ).payment
                    if found.status != .awaitingApproval { return }
                }
            } catch {
                // The decision stands, whatever is read.
                return
            }
            await call.environment.pause(milliseconds: looks.milliseconds)
        }
    }
}
