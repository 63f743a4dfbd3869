import Contracts
import Storage

/// What a policy says of one payment: every rule that it has, in the order of ``PolicyRule``.
struct Evaluation {
    var results: [RuleResult] = []
    var violations: [Violation] = []
    var needsApproval = false

    /// The greatest number of bytes of a text in a result.
    private static let longestText = 200

    /// What is to be evaluated.
    struct Question {
        var rules: PolicyRules
        var amount: Money

        /// The most that a rail may take beside the amount: windows count it.
        var fee: MinorUnits = 0
        var recipient: Recipient
        var written: String

        /// What the windows count.
        var windowAmount: Money {
            Money(minorUnits: amount.minorUnits.adding(fee) ?? .maximum, asset: amount.asset)
        }
    }

    /// Evaluates all rules against windows.
    ///
    /// With `looksAhead`, a violation of a window says when it frees, which reads the window's
    /// entries.
    init(
        _ question: Question,
        _ spending: Spending,
        looksAhead: Bool = true,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let terms = question.rules.terms
        checkExpiry(terms, at: spending.now)
        checkLists(question)
        let limits = terms.limits.first { $0.asset == question.amount.asset }
        if let limits { try checkLimits(limits, question, spending, looksAhead, in: transaction) }
        if let cap = terms.velocityCap {
            let isKept = spending.usedThisHour < cap
            note(
                .velocityCap,
                limit: String(cap),
                attempted: "1",
                used: String(spending.usedThisHour),
                freesAt: isKept || !looksAhead
                    ? nil : try spending.hourFreesAt(cap: cap, in: transaction),
                passed: isKept
            )
        }
        checkCounting(question.windowAmount, spending)
        if let threshold = limits?.requireCoSign {
            needsApproval = question.amount.minorUnits > threshold
            results.append(
                RuleResult(
                    rule: .requireCoSign,
                    limit: Money(minorUnits: threshold, asset: question.amount.asset).text,
                    attempted: question.amount.text,
                    passed: !needsApproval
                )
            )
        }
    }

    /// Evaluates the rules that speak of the asset and the recipient alone.
    init(ofRecipient question: Question) {
        checkLists(question)
    }

    private mutating func checkExpiry(_ terms: PolicyTerms, at now: Timestamp) {
        guard let expiry = terms.expiry else { return }
        note(.expiry, limit: expiry.iso8601, attempted: now.iso8601, passed: now < expiry)
    }

    private mutating func checkLists(_ question: Question) {
        let rules = question.rules
        let terms = rules.terms
        note(
            .currency,
            limit: Self.text(of: rules.assets.map(\.rawValue)),
            attempted: question.amount.asset.rawValue,
            passed: rules.assets.contains(question.amount.asset)
        )
        if !rules.blocked.isEmpty {
            let isBlocked = question.recipient.isBlocked
            note(
                .blockedRecipients,
                limit: Self.text(of: terms.blockedRecipients),
                attempted: question.written,
                passed: !isBlocked
            )
        }
        if !rules.categories.isEmpty {
            let category = question.recipient.category
            note(
                .blockedCategories,
                limit: Self.text(of: terms.blockedCategories),
                attempted: category ?? question.written,
                passed: category == nil
            )
        }
        if !rules.allowed.isEmpty {
            let isAllowed = question.recipient.isAllowed
            note(
                .allowedRecipients,
                limit: Self.text(of: terms.allowedRecipients),
                attempted: question.written,
                passed: isAllowed
            )
        }
    }

    private mutating func checkLimits(
        _ limits: AssetLimits,
        _ question: Question,
        _ spending: Spending,
        _ looksAhead: Bool,
        in transaction: borrowing Transaction
    ) throws(StorageError) {
        let amount = question.amount
        func text(_ minorUnits: MinorUnits) -> String {
            Money(minorUnits: minorUnits, asset: amount.asset).text
        }
        if let limit = limits.maxPerTx {
            let isKept = amount.minorUnits <= limit
            note(.maxPerTx, limit: text(limit), attempted: amount.text, passed: isKept)
        }
        let windowAmount = question.windowAmount
        if let limit = limits.maxPerDay {
            let isKept = Self.fits(windowAmount.minorUnits, spending.usedToday, limit)
            note(
                .maxPerDay,
                limit: text(limit),
                attempted: windowAmount.text,
                used: text(spending.usedToday),
                freesAt: isKept || !looksAhead
                    ? nil
                    : try spending.dayFreesAt(
                        for: windowAmount.minorUnits,
                        limit: limit,
                        in: transaction
                    ),
                passed: isKept
            )
        }
        if let limit = limits.maxPerMonth {
            let isKept = Self.fits(windowAmount.minorUnits, spending.usedThisMonth, limit)
            let fitsLater = Self.fits(windowAmount.minorUnits, spending.sums.pending, limit)
            note(
                .maxPerMonth,
                limit: text(limit),
                attempted: windowAmount.text,
                used: text(spending.usedThisMonth),
                freesAt: isKept || !fitsLater ? nil : spending.now.startOfNextMonth,
                passed: isKept
            )
        }
    }

    /// A window that cannot count the amount denies it, whether the policy limits it or not.
    private mutating func checkCounting(_ amount: Money, _ spending: Spending) {
        let most = Money(minorUnits: .maximum, asset: amount.asset).text
        func check(_ rule: PolicyRule, _ used: MinorUnits, _ passed: Bool) {
            guard !passed, !violations.contains(where: { $0.rule == rule }) else { return }
            let used = Money(minorUnits: used, asset: amount.asset).text
            note(rule, limit: most, attempted: amount.text, used: used, passed: false)
        }
        let minorUnits = amount.minorUnits
        check(.maxPerDay, spending.usedToday, spending.countsToday(minorUnits))
        check(.maxPerMonth, spending.usedThisMonth, spending.countsThisMonth(minorUnits))
    }

    private static func fits(_ amount: MinorUnits, _ used: MinorUnits, _ limit: MinorUnits) -> Bool
    {
        guard amount <= limit, let room = limit.subtracting(amount) else { return false }
        return used <= room
    }

    /// A list in words, which are short because a violation travels with its payment.
    private static func text(of list: [String]) -> String {
        var text = ""
        for entry in list {
            text += (text.isEmpty ? "" : ", ") + entry
            if text.utf8.count > longestText { break }
        }
        return text.shortened(toBytes: longestText)
    }

    private mutating func note(
        _ rule: PolicyRule,
        limit: String,
        attempted: String,
        used: String? = nil,
        freesAt: Timestamp? = nil,
        passed: Bool
    ) {
        let attempted = attempted.shortened(toBytes: Self.longestText)
        results.append(
            RuleResult(rule: rule, limit: limit, attempted: attempted, used: used, passed: passed)
        )
        guard !passed else { return }
        violations.append(
            Violation(rule: rule, limit: limit, attempted: attempted, used: used, freesAt: freesAt)
        )
    }
}
