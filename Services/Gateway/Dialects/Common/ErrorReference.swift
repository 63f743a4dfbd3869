import Contracts

/// What each error code means, whether money moved, and what to do next.
///
/// `/docs` shows it with an anchor for each code, to which the errors' member `docs` leads. The
/// page `Errors.md` has the same rows; a test compares them.
enum ErrorReference {
    /// A code that an error of the native API can have.
    struct Entry: Sendable {
        /// The code.
        let code: String

        /// The HTTP statuses with which it comes.
        let statuses: String

        /// What it means.
        let meaning: String

        /// Whether money moved, and what became of the idempotency key.
        let money: String

        /// What to do.
        let next: String

        /// The row of a Markdown table.
        var markdown: String {
            "| <a id=\"\(code)\"></a>`\(code)` | \(statuses) | \(meaning) | \(money) | \(next) |"
        }
    }

    /// All codes, in the order of their statuses.
    static let entries = requests + payments + states + platform

    private static let requests = [
        Entry(
            code: "invalid_request",
            statuses: "400",
            meaning: "The request or a field is malformed. `errors` names every field.",
            money: "No. The key is not used up.",
            next: "Correct what `errors` names and send it again with the same key."
        ),
        Entry(
            code: "unauthorized",
            statuses: "401",
            meaning: "There is no API key, or it is unknown or revoked.",
            money: "No. The request was not read.",
            next: "Send `Authorization: Bearer KEY`. Ask an administrator for a new key."
        ),
        Entry(
            code: "forbidden",
            statuses: "403",
            meaning: "This class of key may not do it, the key belongs to another wallet, or a"
                + " person denied the payment (then there is a `tx_id`).",
            money: "No. A payment that was denied stays denied under its key.",
            next: "Use the right key. If a person denied the payment, ask that person."
        ),
        Entry(
            code: "not_found",
            statuses: "404",
            meaning: "There is no such path or object, or this key may not see it.",
            money: "No. A service's refusal is final for its key.",
            next: "Check the identifier and the organisation of the key."
        ),
        Entry(
            code: "method_not_allowed",
            statuses: "405",
            meaning: "The path exists, but not with this method.",
            money: "No.",
            next: "Use a method from the header `Allow`."
        ),
        Entry(
            code: "too_large",
            statuses: "413",
            meaning: "The body is larger than this route takes (1 MiB for most).",
            money: "No. The body was not read.",
            next: "Send less, or split the work into several requests with a key each."
        ),
        Entry(
            code: "unsupported_media_type",
            statuses: "415",
            meaning: "The body is not declared as JSON.",
            money: "No.",
            next: "Send `Content-Type: application/json`."
        ),
    ]

    private static let payments = [
        Entry(
            code: "policy_violation",
            statuses: "402",
            meaning: "The wallet's policy denies the payment. `violations` lists every broken rule"
                + " with `limit`, `attempted`, `used` and `frees_at`.",
            money: "No. The denial is final for its key.",
            next: "Pay less, or wait until `frees_at`, or ask an operator to change the policy;"
                + " then use a new key."
        ),
        Entry(
            code: "insufficient_funds",
            statuses: "422",
            meaning: "The wallet's available balance is too low.",
            money: "No. The failure is final for its key.",
            next: "Have the wallet funded, then pay with a new key."
        ),
        Entry(
            code: "insufficient_reserve",
            statuses: "422",
            meaning: "The organisation's reserve has too little for the funding or withdrawal.",
            money: "No. The failure is final for its key.",
            next: "Record a deposit (`POST /v1/reserve/deposits`), then repeat with a new key; a"
                + " withdrawal's name is its `reference`."
        ),
        Entry(
            code: "wallet_frozen",
            statuses: "422",
            meaning: "The wallet is frozen or closed.",
            money: "No. A payment's failure is final for its key.",
            next: "Ask an operator to unfreeze it, then use a new key."
        ),
        Entry(
            code: "destination_unknown",
            statuses: "422",
            meaning: "Nobody in this organisation has that destination.",
            money: "No. The failure is final for its key.",
            next: "Check the spelling, or have an operator register it"
                + " (`POST /v1/wallets/{id}/destinations`); then use a new key."
        ),
        Entry(
            code: "no_rail",
            statuses: "422",
            meaning: "The destination is outside the platform and no rail leads to it, or root has"
                + " not granted the organisation enough of the rail.",
            money: "No. The failure is final for its key.",
            next: "Ask the owner of the platform to connect or grant a rail; then use a new key."
        ),
    ]

    private static let states = [
        Entry(
            code: "idempotency_conflict",
            statuses: "409",
            meaning: "The key was already used for a request with different content.",
            money: "Not by this request. The first request may have moved money.",
            next: "Look at the first one. Use a new key for anything else."
        ),
        Entry(
            code: "conflict",
            statuses: "409",
            meaning: "Something prevents it: a name that is taken, a policy in use, a"
                + " wallet that still has money, an invoice that was paid.",
            money: "No. The refusal is final for its key.",
            next: "Read `message`, remove what is in the way, and try again with a new key."
        ),
        Entry(
            code: "invalid_state",
            statuses: "409, 422",
            meaning: "The object's state does not allow it; `message` names the state. For an"
                + " escrow it is 409.",
            money: "No. The refusal is final for its key.",
            next: "Read the object and continue from its status, with a new key."
        ),
        Entry(
            code: "invalid_proof",
            statuses: "422",
            meaning: "The proof failed; `message` says which check failed.",
            money: "No. The escrow is unchanged; the refusal is final for its key.",
            next: "Correct the proof and hand it in with a new key before the escrow's timeout."
        ),
    ]

    private static let platform = [
        Entry(
            code: "internal",
            statuses: "500",
            meaning: "A fault of the platform.",
            money: "`outcome` is `unknown`: nobody knows yet.",
            next: "Repeat the same request with the same key; without a key, look before you"
                + " repeat. Report its `request_id`."
        ),
        Entry(
            code: "rate_limited",
            statuses: "429",
            meaning: "The key sends too many requests or holds too many streams, or too many wrong"
                + " keys came from this address.",
            money: "No. The request was not read.",
            next: "Wait for the seconds in `Retry-After`, then repeat with the same key."
        ),
        Entry(
            code: "overloaded",
            statuses: "503",
            meaning: "A service is away or busy.",
            money: "No. The key is not used up.",
            next: "Wait for the seconds in `Retry-After`, then repeat the same request."
        ),
        Entry(
            code: "storage_full",
            statuses: "503",
            meaning: "A service has no room left on its disk.",
            money: "No. The key is not used up.",
            next: "Ask the platform's operator to make room; then repeat the same request."
        ),
        Entry(
            code: "no_answer",
            statuses: "503",
            meaning: "A service has taken the request and did not answer within ten seconds.",
            money: "`outcome` says so: `not_applied` is no; `unknown` means that nobody knows yet.",
            next: "Repeat the same request with the same key until there is an answer. Without a"
                + " key, look before you repeat."
        ),
    ]
}
