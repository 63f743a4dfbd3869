import Contracts

/// The times of an attempt to pay over a rail, in milliseconds.
enum AttemptTiming {
    /// How long who asked for the payment waits for its outcome, before it hears of "pending".
    static let patience: Int64 = 7000

    /// After which an order that can be repeated is given again: its port may have been lost.
    static let lease: Int64 = 20_000

    /// After which an order to pay counts as not answered; longer than the port itself waits.
    static let sendLease: Int64 = 45_000

    /// How long a payment waits for the rail before anything was sent; then it fails.
    static let preparation: Int64 = 60_000

    /// How long after a refusal a history without the payment is not yet a proof.
    static let quietAfterRefusal: Int64 = 5000

    /// How long after a lost or a good answer a history without the payment is not yet a proof.
    static let quiet: Int64 = 86_400_000

    /// How long until the history is asked again: 1 s, twice that each time, at most a minute.
    static func pause(after tries: Int64) -> Int64 { min(60_000, 1000 << min(tries, 6)) }
}
