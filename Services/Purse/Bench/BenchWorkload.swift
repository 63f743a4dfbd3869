import Contracts
import Crypto
import JSON

/// The requests of a measurement: unique payments, with some repeats and some that are denied.
struct BenchWorkload {
    /// What a request should be answered with.
    enum Kind: UInt8 {
        /// A new payment: 200.
        case fresh
        /// An earlier payment again: 200 with the same identifier.
        case repeated
        /// A payment above the limit: 402.
        case denied
    }

    /// A request that was made, and what belongs to it.
    struct Ticket {
        var kind: Kind
        var body: [UInt8]

        /// The identifier that a repeat must be answered with.
        var payment: [UInt8] = []
    }

    /// In a hundred requests.
    static let repeatsPercent: UInt64 = 5
    static let denialsPercent: UInt64 = 1

    /// The number of payments that can be repeated, which is bounded.
    private static let memory = 4096

    private let wallets: [String]
    private let payers: Int
    private let name: String
    private var random: UInt64
    private var number = 0
    private var repeatable: [Ticket] = []
    private var oldest = 0

    /// Creates a workload whose choices follow from a seed; in a hot one, one wallet pays all.
    init(wallets: [String], isHot: Bool, seed: UInt64) {
        precondition(wallets.count > 1, "a payment has two parties")
        self.wallets = wallets
        payers = isHot ? 1 : wallets.count
        random = seed | 1
        name = "bench_" + Base32.text(of: SecureRandom.bytes(16))
    }

    /// Returns the next request.
    mutating func next() -> Ticket {
        let draw = next(below: 100)
        if draw < Self.repeatsPercent, !repeatable.isEmpty {
            var ticket = repeatable[Int(next(below: UInt64(repeatable.count)))]
            ticket.kind = .repeated
            return ticket
        }
        let isDenied = draw >= 100 - Self.denialsPercent
        let payer = Int(next(below: UInt64(payers)))
        let offset = 1 + Int(next(below: UInt64(wallets.count - 1)))
        let payee = (payer + offset) % wallets.count
        number += 1
        var body = #"{"walletId":""#
        body += wallets[payer]
        body += #"","to":""#
        body += wallets[payee]
        body += isDenied ? #"","amount":"500.00""# : #"","amount":"0.01""#
        body += #","currency":"USDC","idempotencyKey":""#
        body += name
        body += "_\(number)\"}"
        return Ticket(kind: isDenied ? .denied : .fresh, body: Array(body.utf8))
    }

    /// Remembers some of the payments that were made, to repeat them.
    mutating func remember(_ ticket: Ticket, payment: [UInt8]) {
        guard ticket.kind == .fresh, next(below: 8) == 0 else { return }
        var ticket = ticket
        ticket.payment = payment
        if repeatable.count < Self.memory {
            repeatable.append(ticket)
        } else {
            repeatable[oldest] = ticket
            oldest = (oldest + 1) % Self.memory
        }
    }

    /// A number below a bound (xorshift64*).
    private mutating func next(below bound: UInt64) -> UInt64 {
        random ^= random >> 12
        random ^= random << 25
        random ^= random >> 27
        return (random &* 0x2545_F491_4F6C_DD1D) >> 32 % bound
    }
}
