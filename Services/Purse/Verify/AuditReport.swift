import Contracts
import JSON
import Ledger

/// What an audit of one installation found.
struct AuditReport {
    /// The verification of the ledger.
    let ledger: LedgerReport

    /// The checks across the services, in order.
    var checks: [AuditCheck] = []

    /// The number of messages that wait for an acknowledgement, by service.
    var outboxes: [ServiceName: Int64] = [:]

    /// The number of messages that were put aside, by service.
    var deadLetters: [ServiceName: Int64] = [:]

    /// Whether the signatures were held against the master key itself, and not only against the
    /// key that the ledger names.
    var knowsMasterKey = false

    /// The payments by status.
    var payments: [String: Int64] = [:]

    init(ledger: LedgerReport) {
        self.ledger = ledger
    }

    /// Whether nothing is damaged; waiting messages are no damage.
    var isClean: Bool { ledger.isClean && checks.allSatisfy { $0.findingCount == 0 } }

    /// Whether every message has arrived.
    var isDrained: Bool { outboxes.values.allSatisfy { $0 == 0 } }

    /// The sum of an asset's accounts, which is zero.
    func sum(of asset: Asset) -> Int128 {
        ledger.totals.values.reduce(0) { $0 + ($1[asset] ?? 0) }
    }

    /// The assets that have accounts, sorted.
    var assets: [Asset] { Set(ledger.totals.values.flatMap { $0.keys }).sorted() }

    /// The report for programs.
    var value: JSONValue {
        var totals: JSONObject = [:]
        for asset in assets {
            var kinds: JSONObject = [:]
            for kind in LedgerAccount.Kind.allCases {
                guard let total = ledger.totals[kind]?[asset] else { continue }
                kinds[kind.rawValue] = Self.text(total, asset)
            }
            kinds["sum"] = Self.text(sum(of: asset), asset)
            totals[asset.rawValue] = .object(kinds)
        }
        var counts: JSONObject = [:]
        for (status, count) in payments.sorted(by: { $0.key < $1.key }) {
            counts[status] = .integer(count)
        }
        let findings: [JSONValue] = ledger.findings.map { finding in
            ["kind": .string(finding.kind.rawValue), "place": .string(finding.place)]
        }
        return [
            "clean": .bool(isClean),
            "drained": .bool(isDrained),
            "ledger": [
                "entries": .integer(ledger.entryCount),
                "accounts": .integer(Int64(ledger.accountCount)),
                "findings": .array(findings),
                "head": ledger.head.map { AnchorFile.value(of: $0) } ?? .null,
                "master_key_known": .bool(knowsMasterKey),
            ],
            "totals": .object(totals),
            "payments": .object(counts),
            "checks": .array(checks.map(\.value)),
            "outboxes": Self.numbers(outboxes),
            "dead_letters": Self.numbers(deadLetters),
        ]
    }

    private static func text(_ amount: Int128, _ asset: Asset) -> JSONValue {
        .string(DecimalText.text(minorUnits: amount, places: asset.places))
    }

    private static func numbers(_ numbers: [ServiceName: Int64]) -> JSONValue {
        var object: JSONObject = [:]
        for service in ServiceName.allCases {
            object[service.rawValue] = numbers[service].map { .integer($0) }
        }
        return .object(object)
    }
}
