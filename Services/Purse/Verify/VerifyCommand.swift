import Contracts
import JSON
import Ledger

/// `purse verify`: recomputes the ledger and compares the services.
struct VerifyCommand: Command {
    static let name = "verify"
    static let summary = "Recompute every balance and link, and compare the services' records"
    static let options = [Option.state, anchor, .json]
    static let discussion = """
        Reads the databases of the state folder and changes nothing, also while the services work.
        The ledger is recomputed from its first entry; payments, authorizations, windows and events
        are held against each other. Every entry's signature is checked under the master key, or,
        where that cannot be read, under the key that the ledger names. Messages that wait in an
        outbox are reported, and are no damage; one that was put aside is damage until somebody has
        decided about it (purse messages). The exit code is 4 when there is damage.

        Whoever can write the databases can cut off the end of the ledger. With --anchor, the signed
        head of a ledger without damage is added to FILE, and every head that FILE has already must
        be in the ledger. Keep FILE on another machine.

          purse verify --anchor /mnt/elsewhere/ledger.anchors
        """

    private static let anchor = Option(
        "anchor",
        "FILE",
        "check the signed heads in FILE, and add the present one"
    )

    private let state: StateFolder
    private let anchorPath: String?
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        anchorPath = arguments.text(Self.anchor)
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        guard state.exists else { throw Failure(.wrongState, "\(state.path) does not exist") }
        let file = try anchorPath.map { try AnchorFile($0) }
        let report = try Self.audit(state, anchors: file?.anchors ?? [], console: console)
        if report.isClean, let file, let head = report.ledger.head { try file.append(head) }
        if printsJSON {
            console.print(report.value.description)
        } else {
            Self.show(report, on: console)
            if report.isClean, let file, let head = report.ledger.head {
                console.note(
                    "purse: \(file.path): its \(file.anchors.count) heads are in the ledger; entry"
                        + " \(head.sequence) is the newest now"
                )
            }
        }
        return report.isClean ? .done : .damaged
    }

    /// Audits a state folder, with progress on a terminal.
    static func audit(
        _ state: StateFolder,
        anchors: [LedgerAnchor] = [],
        console: Console
    ) throws -> AuditReport {
        var progress = Progress("verifying", console: console)
        defer { progress.end() }
        let verifier = StateVerifier(state: state)
        return try verifier.audit(anchors: anchors) { progress.show("entry \($0)") }
    }

    /// Prints a report for a person.
    static func show(_ report: AuditReport, on console: Console) {
        let ledger = report.ledger
        line(
            ledger.isClean,
            "\(ledger.entryCount) journal entries in \(ledger.accountCount) accounts: every "
                + "balance, hold and link is recomputed",
            on: console
        )
        signed(report, on: console)
        for finding in ledger.findings.prefix(AuditCheck.maximumFindings) {
            console.print("      \(finding.kind.rawValue): \(finding.place)")
        }
        for check in report.checks {
            line(check.findingCount == 0, "\(check.examined): \(check.sentence)", on: console)
            for finding in check.findings { console.print("      \(finding)") }
            if check.findingCount > check.findings.count {
                console.print("      and \(check.findingCount - check.findings.count) more")
            }
        }
        for asset in report.assets {
            let sum = report.sum(of: asset)
            line(sum == 0, totals(of: asset, in: report) + ", sum \(text(sum, asset))", on: console)
        }
        let waiting = report.outboxes.values.reduce(0, +)
        console.print("  -   \(waiting) messages wait for an acknowledgement")
        let aside = report.deadLetters.values.reduce(0, +)
        console.print("  -   \(aside) messages were put aside")
        console.print(report.isClean ? console.good("No damage.") : console.bad("DAMAGE."))
    }

    private static func signed(_ report: AuditReport, on console: Console) {
        guard let head = report.ledger.head else {
            if report.ledger.entryCount > 0 { console.print("  -   no entry is signed yet") }
            return
        }
        let key = report.knowsMasterKey ? "the master key" : "the key that the ledger names"
        console.print("  -   signed up to entry \(head.sequence), checked under \(key)")
    }

    private static func totals(of asset: Asset, in report: AuditReport) -> String {
        let parts = LedgerAccount.Kind.allCases.compactMap { kind in
            report.ledger.totals[kind]?[asset].map { "\(kind.rawValue) \(text($0, asset))" }
        }
        return "\(asset.rawValue): " + parts.joined(separator: ", ")
    }

    private static func text(_ amount: Int128, _ asset: Asset) -> String {
        DecimalText.text(minorUnits: amount, places: asset.places)
    }

    private static func line(_ isGood: Bool, _ words: String, on console: Console) {
        var mark = isGood ? console.good("  ok  ") : console.bad(" BAD  ")
        for line in console.width.map({ PlainText.wrapped(words, to: $0 - 6) }) ?? [words] {
            console.print(mark + line)
            mark = "      "
        }
    }
}
