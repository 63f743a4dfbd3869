import Contracts
import JSON

/// A "no" of the platform in words: which rule, which numbers, when it frees, what to do.
struct Refusal {
    private let status: Int
    private let error: JSONValue?

    init(_ answer: Answer) {
        status = answer.status
        error = answer.json?["error"]
    }

    /// The status, the code and the platform's sentence.
    var message: String {
        guard let words = text("message") else {
            return "the answer \(status) is not from a Pursestrings gateway:"
                + " what is at this address?"
        }
        let code = text("code").map { $0 + ": " } ?? ""
        return "\(status) \(code)\(words)"
    }

    /// What is wrong in detail, and what to do; `nil` when there is no more to say.
    var hint: String? {
        var lines = fields + violations
        let codes = ["policy_violation", "insufficient_funds", "forbidden", "unauthorized"]
        if let code = text("code"), codes.contains(code) { lines += advice(about: code) }
        if let payment = text("tx_id") {
            lines.append("  purse explain \(payment) tells more about this payment")
        }
        if status >= 500, text("outcome") == "not_applied" {
            lines.append("  nothing was changed; it can be repeated")
        }
        if let request = text("request_id"), status >= 500 {
            lines.append("  request \(request), in the services' logs")
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private var fields: [String] {
        // A single problem is the message already.
        let problems = error?["errors"]?.arrayValue ?? []
        guard problems.count > 1 else { return [] }
        return problems.map { problem in
            let field = ObjectLines.text(of: problem["field"])
            return "  \(field): \(ObjectLines.text(of: problem["message"]))"
        }
    }

    private var violations: [String] {
        let all = error?["violations"]?.arrayValue ?? []
        let width = all.map { ObjectLines.text(of: $0["rule"]).count }.max() ?? 0
        return all.map { violation in
            let rule = ObjectLines.text(of: violation["rule"])
            var line = "  " + rule + String(repeating: " ", count: width - rule.count)
            line += "  limit \(ObjectLines.text(of: violation["limit"]))"
            line += ", attempted \(ObjectLines.text(of: violation["attempted"]))"
            if let used = violation["used"]?.stringValue { line += ", used before \(used)" }
            if let time = violation["frees_at"]?.stringValue { line += ", frees at \(time)" }
            return PlainText.printable(line)
        }
    }

    private func advice(about code: String) -> [String] {
        switch code {
        case "insufficient_funds":
            // Without a payment it is money that an operator wants back.
            guard text("tx_id") != nil else { return [] }
            return ["  fund the wallet (purse wallets fund), then pay with a new key"]
        case "unauthorized":
            return ["  name a valid key with --key or PURSE_KEY"]
        case "forbidden":
            guard text("message")?.contains("preset") != true else {
                return ["  make a policy of your own with purse policies create, and edit that"]
            }
            return [
                "  use another key with --key: purse keys create --class operator makes one;",
                "  what concerns the whole platform needs its root key",
            ]
        default:
            let rules = (error?["violations"]?.arrayValue ?? []).compactMap {
                $0["rule"]?.stringValue.flatMap { PolicyRule(rawValue: $0) }
            }
            let policy = text("policy_id") ?? "POLICY_ID"
            var lines = rules.map { "  \(Self.advice(about: $0, of: policy))" }
            if Policy.presets.contains(Policy.ID(policy)) {
                lines.append(
                    "  \(policy) is a preset, which is never changed: make one of your own (purse"
                        + " policies create) and put the wallet under it (purse wallets edit)"
                )
            } else if rules.contains(where: Self.limitRules.contains) {
                lines.append(
                    "  where the limit is one of --limits, give all the limits of its asset again:"
                        + " --limits JSON"
                )
            }
            return lines
        }
    }

    private static let limitRules: Set<PolicyRule> = [.maxPerTx, .maxPerDay, .maxPerMonth]

    private static func advice(about rule: PolicyRule, of policy: String) -> String {
        let edit = "purse policies edit \(policy)"
        return switch rule {
        case .expiry: "the policy has expired: an operator can extend it (\(edit) --expiry TIME)"
        case .currency:
            "pay in an asset that the policy names, or name all again (\(edit) --assets A,B)"
        case .blockedRecipients: "the recipient is blocked (\(edit) --blocked-recipients ...)"
        case .blockedCategories: "its category is blocked (\(edit) --blocked-categories ...)"
        case .allowedRecipients:
            "the recipient is not on the list; give the whole list again"
                + " (\(edit) --allowed-recipients A,B)"
        case .maxPerTx: "pay less at once, or raise the limit (\(edit) --max-per-tx AMOUNT)"
        case .maxPerDay:
            "wait until it frees, pay less, or raise the limit (\(edit) --max-per-day AMOUNT)"
        case .maxPerMonth:
            "wait until it frees, pay less, or raise the limit (\(edit) --max-per-month AMOUNT)"
        case .velocityCap: "wait until it frees, or allow more (\(edit) --velocity-cap N)"
        case .requireCoSign: "a person must approve it (purse approvals list)"
        }
    }

    private func text(_ member: String) -> String? { error?[member]?.stringValue }
}
