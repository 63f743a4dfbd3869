/// Something that clients do: set up, step, check, metrics.
///
/// Several workloads run beside one another in one installation; several clients take the steps of
/// one at the same time.
protocol Workload: AnyObject, Sendable {
    var name: String { get }

    /// The number of clients that take steps.
    var clientCount: Int { get }

    /// The microseconds between two steps of a client.
    var pause: ClosedRange<Int64> { get }

    /// Makes what the steps need; nothing fails yet.
    func setUp() async

    /// Does one thing and judges what is answered.
    func step() async

    /// Judges the end, when nothing fails any more and time has passed.
    func check() async

    /// What was done.
    var metrics: [String: Int] { get }

    /// All clocks were set back by some milliseconds.
    func clocksWereSetBack(by milliseconds: Int64)
}

extension Workload {
    func clocksWereSetBack(by milliseconds: Int64) {}
}

/// The workloads that there are.
public enum WorkloadCatalogue {
    private static let all: [(name: String, make: @Sendable (Simulation, Town) -> any Workload)] = [
        ("payments", { PaymentWorkload($0, $1) }),
        ("hot-wallet", { HotWalletWorkload($0, $1) }),
        ("approvals", { ApprovalWorkload($0, $1) }),
        ("escrows", { EscrowWorkload($0, $1) }),
        ("send-batch", { SendBatchWorkload($0, $1) }),
        ("deposits", { DepositWorkload($0, $1) }),
        ("payouts", { PayoutWorkload($0, $1) }),
        ("groups", { GroupWorkload($0, $1) }),
        ("directory", { DirectoryWorkload($0, $1) }),
        ("policies", { PolicyWorkload($0, $1) }),
        ("rails", { RailWorkload($0, $1) }),
        ("outside-escrows", { OutsideEscrowWorkload($0, $1) }),
        ("webhooks", { WebhookWorkload($0, $1) }),
        ("edges", { EdgeWorkload($0, $1) }),
        ("rules", { RulesWorkload($0, $1) }),
        ("detours", { DetourWorkload($0, $1) }),
        ("proofs", { ProofWorkload($0, $1) }),
        ("repeats", { RepeatWorkload($0, $1) }),
        ("neighbours", { simulation, _ in NeighbourWorkload(simulation) }),
        ("hostile", { HostileWorkload($0, $1) }),
    ]

    /// The names, in order.
    public static var names: [String] { (all + later).map(\.name) }

    static func make(
        _ names: [String]?,
        _ seed: UInt64,
        _ simulation: Simulation
    ) -> [any Workload] {
        let town = Town(simulation)
        // Most seeds have some of them, which meet more often then; some have all.
        let share = simulation.draw { $0.element(of: [1, 2, 3, 3, 4, 4, 5, 8]) }
        let chosen = all.filter { entry in
            if let names { return names.contains(entry.name) }
            return simulation.draw { $0.number(in: 1...8) } <= share || entry.name == "webhooks"
        }
        let added = later.filter { entry in
            var random = SeededGenerator(seed: seed, purpose: "workload " + entry.name)
            let isDrawn = random.happens(perMillion: 300_000)
            return names?.contains(entry.name) ?? isDrawn
        }
        return [TownWorkload(town)] + (chosen + added).map { $0.make(simulation, town) }
    }
}

extension WorkloadCatalogue {
    /// Those that came later: a seed without them is what it was before.
    private static let later: [(name: String, make: @Sendable (Simulation, Town) -> any Workload)] =
        [
            ("insiders", { InsiderWorkload($0, $1) }),
            ("forgeries", { ForgeryWorkload($0, $1) }),
            ("owners", { OwnerWorkload($0, $1) }),
            ("onlookers", { OnlookerWorkload($0, $1) }),
        ]
}
