import Contracts
import Crypto
import Destinations
import JSON

/// `purse bench decode`: measures how many destinations a second the parser reads on one core.
struct BenchDecodeCommand: Command {
    static let name = "bench decode"
    static let summary = "Measure how many destinations a second are read on one core"
    static let options = [rounds, Option.json]
    static let discussion = """
        Makes 1,000 random destinations of each kind and reads them over and over, each kind for
        a tenth of a second in each round. Prints the median of the rounds.

          purse bench decode --rounds 9
        """

    private static let rounds = Option("rounds", "N", "how often each kind is measured (default 9)")

    private static let count = 1000
    private static let microseconds: Int64 = 100_000

    private let rounds: Int
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        rounds = try arguments.integer(Self.rounds, in: 1...1000) ?? 9
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        var results: [(name: String, rates: [Int64])] = []
        for (name, make) in Self.kinds {
            let texts = (0..<Self.count).map { _ in make() }
            console.draw("\(name) ...")
            let rates = try (0..<rounds).map { _ in try rate(of: texts) }
            results.append((name, rates.sorted()))
        }
        console.draw("")
        if printsJSON {
            let members = results.map { result in
                JSONObject.Member(
                    key: result.name,
                    value: .integer(result.rates[result.rates.count / 2])
                )
            }
            console.print(JSONValue.object(JSONObject(members)).description)
            return .done
        }
        var table = Table([("KIND", .left), ("PER SECOND", .right), ("RANGE", .right)])
        for result in results {
            table.add([
                result.name, "\(result.rates[result.rates.count / 2])",
                "\(result.rates[0]) to \(result.rates[result.rates.count - 1])",
            ])
        }
        console.show(table)
        return .done
    }

    private func rate(of texts: [String]) throws -> Int64 {
        let startedAt = Clock.monotonicMicroseconds()
        var read: Int64 = 0
        var elapsed: Int64 = 0
        while elapsed < Self.microseconds {
            for text in texts { _ = try DestinationParser.decode(text) }
            read += Int64(texts.count)
            elapsed = max(1, Clock.monotonicMicroseconds() - startedAt)
        }
        return read * 1_000_000 / elapsed
    }

    // MARK: What is read

    private static let node = NodeKey(seed: SecureRandom.bytes(32), purpose: "bench")

    private static var kinds: [(name: String, make: () -> String)] {
        [
            ("solana", { Base58.text(of: SecureRandom.bytes(32)) }),
            ("bitcoin bech32m", { segwit() }),
            ("bitcoin base58", { base58() }),
            ("ark", { ark() }),
            ("domain", { "\(Hex.text(of: SecureRandom.bytes(8))).example.com" }),
            ("phone", { "4915\(10_000_000 + Int.random(in: 0..<90_000_000))" }),
            ("lightning address", { "\(Hex.text(of: SecureRandom.bytes(4)))@example.com" }),
            ("agent", { "agent_\(Hex.text(of: SecureRandom.bytes(8)))" }),
            ("bolt11, signed", { invoice() }),
        ]
    }

    private static func segwit() -> String {
        Bech32(
            prefix: "bc",
            values: [1] + FiveBits.values(of: SecureRandom.bytes(32)),
            variant: .bech32m
        ).text
    }

    private static func base58() -> String {
        let content = [0] + SecureRandom.bytes(20)
        let checksum = SHA256.digest(of: SHA256.digest(of: content)).prefix(4)
        return Base58.text(of: content + checksum)
    }

    private static func ark() -> String {
        let owner = NodeKey(seed: SecureRandom.bytes(32), purpose: "owner").publicKey
        return ArkAddress(
            isTest: false,
            content: .bark(
                server: ArkAddress.server(publicKey: node.publicKey),
                owner: owner,
                deliveries: [.init(type: ArkAddress.Delivery.mailbox, data: owner)]
            )
        ).text
    }

    private static func invoice() -> String {
        Invoice(
            network: .bitcoin,
            millisatoshis: Int64.random(in: 1000...1_000_000_000),
            createdAt: Timestamp(milliseconds: 1_700_000_000_000),
            paymentHash: SecureRandom.bytes(32),
            paymentSecret: SecureRandom.bytes(32),
            description: "a cup of coffee",
            payee: node.publicKey
        ).text(signedBy: node)
    }
}
