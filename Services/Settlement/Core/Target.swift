import Contracts
import Crypto
import Destinations
import Messaging
import Storage

/// Where the money of a payment goes.
enum Target {
    /// To a wallet; of an invoice, with its payment hash.
    case wallet(Party, paymentHash: String?)
    /// To a group account.
    case group(GroupRow)
    /// Out over a rail; of an invoice, with its payment hash.
    case rail(Rail, paymentHash: String?)
    /// Nowhere.
    case refused(RequestRefused.Code)

    /// The wallet.
    var party: Party? {
        if case .wallet(let party, _) = self { party } else { nil }
    }

    /// Whether it is whom Policy has judged; a group's members are judged one by one.
    func isFor(_ judged: JudgedRecipient) -> Bool {
        switch self {
        case .wallet(let party, _): judged.wallet == party.wallet
        case .rail: judged.wallet == nil
        case .group, .refused: true
        }
    }

    /// What the payment uses up.
    func names(of order: PaymentOrder) -> [String] {
        var names: [String] = []
        switch self {
        case .wallet(_, let hash?), .rail(_, let hash?):
            names.append(SingleUse.name(paymentHash: hash))
        default: break
        }
        if let trace = order.trace {
            names.append(SingleUse.name(trace: trace, of: order.organisation))
        }
        return names
    }
}

extension Rail {
    /// Whether what is held for the fee is enough for the cheapest of an invoice's own routes.
    func bears(_ invoice: Invoice, of amount: MinorUnits) -> Bool {
        guard let fee = invoice.leastRouteFee(for: amount.rawValue) else { return true }
        return MinorUnits(fee) <= feeReserve(for: amount)
    }
}

extension SettlementStateMachine {
    /// Finds where a payment goes: what is the platform's own comes before every rail.
    func target(
        of order: PaymentOrder,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Target {
        let destination = order.destination
        switch destination.kind {
        case .group:
            let id = GroupAccount.ID(destination.value)
            let group = try GroupRow.find(id, of: order.organisation, in: transaction)
            guard let group, group.asset == order.amount.asset else {
                return .refused(.destinationUnknown)
            }
            return .group(group)
        case .bolt11: return try invoiceTarget(of: order, at: now, in: transaction)
        case .bolt12Offer:
            // What it asks for counts also when it is a wallet's of the platform.
            if let code = offerProblem(of: order, at: now) { return .refused(code) }
        default: break
        }
        if let party = try resolve(order, in: transaction) {
            return .wallet(party, paymentHash: nil)
        }
        return outside(order, at: now)
    }

    /// Finds the way out to a destination that is nobody's here, and that is no invoice.
    func outside(_ order: PaymentOrder, at now: Timestamp) -> Target {
        let destination = order.destination
        if destination.isOwn { return .refused(.destinationUnknown) }
        // An invoice is checked elsewhere, and an escrow's receiver is none.
        if destination.kind == .bolt11 { return .refused(.noRail) }
        // Policy refuses such a one, and what had passed it before that was so is not paid either.
        if destination.problem != nil { return .refused(.invalidRequest) }
        guard let rail = rail(to: destination, in: order.amount.asset) else {
            return .refused(.noRail)
        }
        if destination.kind == .ark, !isPayable(ark: destination.value) { return .refused(.noRail) }
        return .rail(rail, paymentHash: nil)
    }

    private func invoiceTarget(
        of order: PaymentOrder,
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> Target {
        let decoded = try? DestinationParser.decode(order.destination.value)
        guard case .invoice(let invoice)? = decoded?.content,
            decoded?.destination == order.destination, invoice.network == LightningNode.network
        else { return .refused(.invalidRequest) }
        guard order.amount.asset == .btc else { return .refused(.noRail) }
        guard invoice.isPaid(by: order.amount.minorUnits.rawValue) else {
            return .refused(.invalidRequest)
        }
        let hash = Hex.text(of: invoice.paymentHash)
        let name = SingleUse.name(paymentHash: hash)
        if try SingleUse.owner(of: name, in: transaction) != nil { return .refused(.conflict) }
        guard invoice.expiresAt > now else { return .refused(.invalidState) }
        if invoice.payee == node.key.publicKey {
            let own = try InvoiceRow.find(text: order.destination.value, in: transaction)
            guard let own, own.organisation == order.organisation,
                let party = try Party.find(own.invoice.wallet, in: .btc, transaction)
            else { return .refused(.noRail) }
            return .wallet(party, paymentHash: hash)
        }
        guard let rail = rail(to: order.destination, in: .btc),
            rail.bears(invoice, of: order.amount.minorUnits)
        else { return .refused(.noRail) }
        return .rail(rail, paymentHash: hash)
    }

    private func isPayable(ark text: String) -> Bool {
        let decoded = try? DestinationParser.decode(text)
        guard case .ark(let address)? = decoded?.content,
            case .bark(_, _, let deliveries) = address.content
        else { return false }
        return address.hasValidKeys && !deliveries.isEmpty && !address.isTest
    }

    /// Why an order does not keep what an offer asks for, or `nil`.
    func offerProblem(of order: PaymentOrder, at now: Timestamp) -> RequestRefused.Code? {
        let decoded = try? DestinationParser.decode(order.destination.value)
        guard case .offer(let offer)? = decoded?.content else { return .invalidRequest }
        guard offer.isForBitcoin, offer.currency == nil, order.amount.asset == .btc else {
            return .noRail
        }
        if let end = offer.expiresAt, end <= now { return .invalidState }
        let least = MinorUnits(offer.satoshis ?? 1)
        return order.amount.minorUnits >= least ? nil : .invalidRequest
    }

    /// Why a payment is not the one that the code of its trace asks for, or `nil`.
    func mismatch(
        of order: PaymentOrder,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> RequestRefused.Code? {
        guard let trace = order.trace,
            let code = try code(of: trace, order.organisation, in: transaction)
        else { return nil }
        let destination =
            code.group.map { Destination(kind: .group, value: $0.rawValue) }
            ?? Destination(kind: .mixinUser, value: code.receivers[0])
        let isSame = code.amount == order.amount && destination == order.destination
        return isSame ? nil : .idempotencyConflict
    }
}
