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
}

/// The workloads that there are.
public enum WorkloadCatalogue {
    private static let all: [(name: String, make: @Sendable (Simulation, Town) -> any Workload)] = [
        ("payments", { PaymentWorkload($0, $1) }),
    ]

    /// The names, in order.
    public static var names: [String] { all.map(\.name) }

    static func make(_ names: [String]?, _ simulation: Simulation) -> [any Workload] {
        let town = Town(simulation)
        let chosen = all.filter { entry in
            if let names { return names.contains(entry.name) }
            return true
        }
        return [TownWorkload(town)] + chosen.map { $0.make(simulation, town) }
    }
}
