import Contracts
import Crypto
import Destinations
import JSON
import Ledger
import Messaging
import Storage

// Lightning addresses and LNURLs (LUD-01, 06, 12, 16): whoever they belong to is asked twice over
// HTTP, first for its conditions and then for an invoice, which is paid. Nothing is sent before.

extension AttemptRow {
    private static let prefix = "lnurl:"

    /// How much of an answer is read.
    private static let maximumBytes = 64 << 10

    /// The first question: for the conditions; `nil` when a row of before names no URL.
    var question: Outgoing? {
        guard case .paymentURL(let url)? = try? DestinationParser.decode(destination.value).content
        else { return nil }
        return get(url, step: "conditions")
    }

    /// A question by HTTP; its identifier tells the payment and the step.
    func get(_ url: String, step: String) -> Outgoing {
        .order(
            HTTPExchange(
                id: "\(Self.prefix)\(step):\(payment.rawValue)",
                method: "GET",
                url: url,
                headers: [["Accept", "application/json"]],
                body: [],
                timeoutMilliseconds: 8000,
                keptBytes: Self.maximumBytes,
                maximumBytes: Self.maximumBytes,
                wantsDigest: false
            )
        )
    }

    /// Which payment and step an answer belongs to.
    static func step(of identifier: String) -> (step: String, payment: Payment.ID)? {
        guard identifier.hasPrefix(prefix) else { return nil }
        let parts = identifier.dropFirst(prefix.count).split(separator: ":", maxSplits: 1)
        return parts.count == 2 ? (String(parts[0]), Payment.ID(String(parts[1]))) : nil
    }
}

extension SettlementStateMachine {
    /// Takes note of what Lightning addresses answered.
    func take(
        _ results: [HTTPExchangeResult],
        at now: Timestamp,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var work = Execution(
            at: now,
            journal: try Journal(signingWith: signingKey, in: transaction)
        )
        for result in results {
            guard let (step, payment) = AttemptRow.step(of: result.id),
                var attempt = try AttemptRow.find(payment, in: transaction),
                attempt.state == .asking
            else { continue }
            do throws(Refusal) {
                if step == "conditions" {
                    let conditions = try Conditions(result, for: attempt)
                    attempt.metadataHash = conditions.metadataHash
                    attempt.nextAt = now.advanced(byMilliseconds: AttemptTiming.lease)
                    try store(attempt, in: transaction)
                    work.orders.append(attempt.get(conditions.callback, step: "invoice"))
                } else {
                    let text = try Self.invoice(result, for: attempt, at: now)
                    try pay(text, &attempt, &work, in: transaction)
                }
            } catch {
                switch error {
                case .failed(let failure): throw failure
                case .said(let reason):
                    attempt.reason = reason
                    try end(&attempt, isPaid: false, &work, in: transaction)
                }
            }
        }
        try work.journal.close(in: transaction)
        return work.outgoing
    }

    private func store(
        _ attempt: AttemptRow,
        in transaction: borrowing Transaction
    ) throws(Refusal) {
        do { try attempt.update(in: transaction) } catch { throw .failed(error) }
    }

    /// Reads the invoice, and checks that it asks for what was agreed.
    private static func invoice(
        _ result: HTTPExchangeResult,
        for attempt: AttemptRow,
        at now: Timestamp
    ) throws(Refusal) -> (text: String, invoice: Invoice) {
        let object = try Refusal.object(in: result)
        guard let text = object["pr"]?.stringValue,
            let decoded = try? DestinationParser.decode(text),
            case .invoice(let invoice) = decoded.content
        else { throw .said("the answer has no invoice that can be read") }
        guard let asked = invoice.millisatoshis,
            asked == attempt.amount.multiplied(by: 1000)?.rawValue
        else {
            throw .said("the invoice asks for another amount")
        }
        guard let hash = attempt.metadataHash,
            invoice.descriptionHash.map({ Hex.text(of: $0) }) == hash
        else { throw .said("the invoice is for something else") }
        guard invoice.network == LightningNode.network, invoice.expiresAt > now else {
            throw .said("the invoice is for another network, or has expired")
        }
        return (decoded.destination.value, invoice)
    }

    /// Goes on with the invoice over the rail.
    private func pay(
        _ found: (text: String, invoice: Invoice),
        _ attempt: inout AttemptRow,
        _ work: inout Execution,
        in transaction: borrowing Transaction
    ) throws(Refusal) {
        do throws(StorageError) {
            let name = SingleUse.name(paymentHash: Hex.text(of: found.invoice.paymentHash))
            guard try SingleUse.owner(of: name, in: transaction) == nil else {
                attempt.reason = "the invoice has been paid already"
                return try end(&attempt, isPaid: false, &work, in: transaction)
            }
            let rail = rails.first { $0.name == attempt.rail }
            guard let rail, rail.bears(found.invoice, of: attempt.amount) else {
                attempt.reason = "the invoice's routes cost more than the fee that is held"
                return try end(&attempt, isPaid: false, &work, in: transaction)
            }
            // Policy decided about the address, and not about the wallet that issued the invoice.
            guard found.invoice.payee != node.key.publicKey else {
                attempt.reason = "the invoice is the platform's own; pay it itself"
                return try end(&attempt, isPaid: false, &work, in: transaction)
            }
            try SingleUse.take(name, for: attempt.payment, in: transaction)
            attempt.destination = Destination(kind: .bolt11, value: found.text)
            attempt.state = .preparing
            attempt.tries = 0
            attempt.nextAt = work.timestamp.advanced(byMilliseconds: AttemptTiming.lease)
            try attempt.update(in: transaction)
            work.orders += try prepare(attempt.payment, at: work.timestamp, in: transaction)
        } catch {
            throw .failed(error)
        }
    }
}

/// Why a Lightning address is not paid.
private enum Refusal: Error {
    case said(String)
    case failed(StorageError)

    /// The object that an answer is; its status is not asked, as LUD-01 says.
    static func object(in result: HTTPExchangeResult) throws(Refusal) -> JSONObject {
        if let failure = result.failure { throw .said("it cannot be asked: \(failure)") }
        guard result.isComplete, let object = try? JSONValue(parsing: result.body).objectValue
        else {
            throw .said("its answer is no JSON object of at most 64 KiB")
        }
        if object["status"]?.stringValue?.uppercased() == "ERROR" {
            let reason = object["reason"]?.stringValue ?? "no reason"
            let words = String(reason.unicodeScalars.filter { $0.value >= 32 })
                .shortened(toBytes: 200)
            throw .said("it refused: \(words)")
        }
        return object
    }
}

/// What a Lightning address says of how it can be paid (LUD-06).
private struct Conditions {
    /// Where the invoice is asked for, with the amount.
    var callback: String

    /// The SHA-256 of what the address says of itself.
    var metadataHash: String

    init(_ result: HTTPExchangeResult, for attempt: AttemptRow) throws(Refusal) {
        let object = try Refusal.object(in: result)
        guard object["tag"]?.stringValue == "payRequest",
            let callback = object["callback"]?.stringValue,
            let metadata = object["metadata"]?.stringValue,
            let least = object["minSendable"]?.integerValue,
            let most = object["maxSendable"]?.integerValue, least >= 1, least <= most
        else { throw .said("its answer is no payRequest") }
        guard (try? PaymentURL.check(callback)) != nil else {
            throw .said("its callback is not an https URL")
        }
        guard Self.isMetadata(metadata) else { throw .said("its metadata is malformed") }
        guard let amount = attempt.amount.multiplied(by: 1000)?.rawValue,
            (least...most).contains(amount)
        else {
            throw .said("it takes \(least) to \(most) millisatoshis")
        }
        var url = callback + (callback.utf8.contains(UInt8(ascii: "?")) ? "&" : "?")
        url += "amount=\(amount)"
        if let comment = attempt.comment, !comment.isEmpty {
            let allowed = object["commentAllowed"]?.integerValue ?? 0
            guard comment.count <= allowed else {
                throw .said("it takes a comment of at most \(allowed) characters")
            }
            url += "&comment=" + Self.escaped(comment)
        }
        self.callback = url
        metadataHash = SHA256.hex(of: Array(metadata.utf8))
    }

    /// Whether a text is a JSON array of arrays with exactly one plain text.
    private static func isMetadata(_ text: String) -> Bool {
        guard let items = try? JSONValue(parsing: Array(text.utf8)).arrayValue else { return false }
        let kinds = items.map { $0.arrayValue?.first?.stringValue }
        return !kinds.contains(nil) && kinds.filter { $0 == "text/plain" }.count == 1
    }

    private static func escaped(_ text: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        return text.utf8.map { byte in
            plain.contains(byte)
                ? String(decoding: [byte], as: UTF8.self)
                : "%" + Hex.text(of: [byte]).uppercased()
        }.joined()
    }
}
