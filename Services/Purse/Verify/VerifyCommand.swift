import Contracts
import JSON
import Ledger

/// `purse verify`: recomputes the ledger and compares the services.
struct VerifyCommand: Command {
    static let name = "verify"
    static let summary = "Recompute every balance and link, and compare the services' records"
    static let options = [Option.state, .json]
    static let discussion = """
        Reads the databases of the state folder and changes nothing, also while the services work.
        The ledger is recomputed from its first entry; payments, authorizations, windows and events
        are held against each other. Messages that wait in an outbox are reported, and are
        no damage. The exit code is 4 when there is damage.
        """

    private let state: StateFolder
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        guard state.exists else { throw Failure(.usage, "\(state.path) does not exist") }
        let report = try Self.audit(state, console: console)
        if printsJSON {
            console.print(report.value.description)
        } else {
            Self.show(report, on: console)
        }
        return report.isClean ? .done : .damaged
    }

    /// Audits a state folder, with progress on a terminal.
    static func audit(_ state: StateFolder, console: Console) throws -> AuditReport {
        var progress = Progress("verifying", console: console)
        defer { progress.end() }
        return try Auditor(state: state).audit { progress.show("entry \($0)") }
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

    private static func totals(of asset: Asset, in report: AuditReport) -> String {
        let parts = LedgerAccount.Kind.allCases.compactMap { kind in
            report.ledger.totals[kind]?[asset].map { "\(kind.rawValue) \(text($0, asset))" }
        }
        return "\(asset.rawValue): " + parts.joined(separator: ", ")
    }

    private static func text(_ amount: Int64, _ asset: Asset) -> String {
        Money(minorUnits: amount, asset: asset).text
    }

    private static func line(_ isGood: Bool, _ words: String, on console: Console) {
        console.print((isGood ? console.good("  ok  ") : console.bad(" BAD  ")) + words)
    }
}
