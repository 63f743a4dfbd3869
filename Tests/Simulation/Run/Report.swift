/// What came of a run.
public struct Report: @unchecked Sendable {
    // A run that has ended counts nothing more.

    /// The seed.
    public var seed: UInt64

    /// What is wrong; empty when nothing is.
    public var findings: [String]

    /// The number of events.
    public var steps: Int

    /// The number of messages that arrived at a host.
    public var messages: Int

    /// The number of checks that were made.
    public var judgements: Int

    /// The time that passed in the run.
    public var simulatedMilliseconds: Int64

    /// A digest of everything that happened.
    public var digest: UInt64

    /// What was met.
    public var coverage: Coverage

    /// What the workloads did.
    public var metrics: [String: Int]

    /// The workloads.
    public var workloads: [String]

    /// The last messages, in words.
    public var lastLines: [String]

    /// Whether nothing is wrong.
    public var isClean: Bool { findings.isEmpty }
}
