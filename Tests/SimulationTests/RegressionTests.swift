import Testing

@testable import Simulation

/// Seeds that failed once: each has found a fault of the services, which was mended.
@Suite struct `Seeds that failed once` {
    /// A seed and what it found.
    struct Regression: Sendable, CustomTestStringConvertible {
        var seed: UInt64
        var name: String
        /// What the run must meet, or it would prove nothing.
        var situation: Situation
        /// The workloads that it was found with, when they were chosen.
        var workloads: [String]?
        /// The kinds of faults that it was found with, beside the usual ones.
        var kinds: Set<FaultPlan.Kind> = []

        var testDescription: String { "seed \(seed): \(name)" }
    }

    static let all = [
        Regression(
            seed: 3,
            name: "a request that failed with the disk for a moment was answered as invalid",
            situation: .transactionFailed
        ),
        Regression(
            seed: 3,
            name: "what became of a webhook was put aside when the disk failed for a moment",
            situation: .transactionFailed
        ),
        Regression(
            seed: 80,
            name: "a submission that the network repeated was refused because of itself",
            situation: .messageRepeated
        ),
        Regression(
            seed: 193,
            name: "a proof that the network repeated was refused because of itself",
            situation: .messageRepeated
        ),
        Regression(
            // It was found by 88, whose draws have moved since.
            seed: 5,
            name: "a name that had moved was its old owner's again, and somebody blocked was paid",
            situation: .approvalOfMovedName
        ),
        Regression(
            seed: 29,
            name: "what became of a request was put aside after a process was ended twice",
            situation: .crashAfterCommit
        ),
    ]

    /// What was right, and what a checker that knew too little had blamed.
    static let model = [
        Regression(
            seed: 69,
            name: "a wallet was frozen by its policy's expiry, and asked for again",
            situation: .clockJumped
        )
    ]

    /// What attackers had found, and the seeds that then found it as well.
    static let hostile = [
        Regression(
            seed: 1,
            name: "a window's sum overflowed, and Policy died of it for everybody",
            situation: .impossibleAmount,
            workloads: ["edges"],
            kinds: [.hugeAmounts]
        ),
        Regression(
            seed: 3,
            name: "somebody in the category Gambling was paid under a policy against gambling",
            situation: .blockedCategory,
            workloads: ["rules"],
            kinds: [.spellings]
        ),
        Regression(
            seed: 1,
            name: "a group with somebody blocked among its members was paid",
            situation: .detourRefused,
            workloads: ["detours"],
            kinds: [.detours]
        ),
        Regression(
            seed: 4,
            name: "a payment was approved to a name that had moved to somebody blocked",
            situation: .approvalOfMovedName,
            workloads: ["detours"],
            kinds: [.movedApprovals]
        ),
        Regression(
            seed: 1,
            name: "the key of a frozen wallet accepted an escrow",
            situation: .frozenCommitted,
            workloads: ["proofs"],
            kinds: [.otherProofs]
        ),
        Regression(
            seed: 1,
            name: "an escrow was paid to whoever had its receiver's name in the end",
            situation: .escrowOfMovedName,
            workloads: ["proofs"],
            kinds: [.movedNames]
        ),
        Regression(
            seed: 1,
            name: "a wallet was closed while an escrow held its money",
            situation: .closingRefused,
            workloads: ["proofs"],
            kinds: [.closing]
        ),
        Regression(
            seed: 1,
            name: "a batch that came again with one more item paid it",
            situation: .otherItemsRefused,
            workloads: ["repeats"],
            kinds: [.otherItems]
        ),
        Regression(
            seed: 1,
            name: "a transfer that was signed once was paid as often as it was sent",
            situation: .tokenReplayed,
            workloads: ["repeats"],
            kinds: [.replays]
        ),
        Regression(
            seed: 2,
            name: "a clock that was set back gave windows their past",
            situation: .clockStepped,
            kinds: [.clockStep]
        ),
    ]

    /// Those of kinds that a usual run has.
    static var usual: [Regression] {
        (all + model + hostile).filter { $0.kinds.isDisjoint(with: FaultPlan.Kind.apart) }
    }

    @Test(arguments: usual)
    func `do not fail again`(_ regression: Regression) {
        var options = Simulation.Options(seed: regression.seed)
        options.workloads = regression.workloads
        options.kinds.formUnion(regression.kinds)
        if regression.workloads != nil { options.steps = 2500 }
        let report = Simulation(options).run()
        #expect(report.findings.isEmpty)
        #expect(report.coverage.counts[regression.situation, default: 0] > 0)
    }
}
