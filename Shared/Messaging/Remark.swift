public import Contracts

/// What happened, for the log and the metrics of a process: rules, codes and identifiers, never a
/// name, an amount, a memo or a phone number.
public struct Remark: Message {
    public static let wireName = "host.remark.v1"

    /// One member of the line.
    public struct Field: Codable, Hashable, Sendable {
        /// The name.
        public var name: String

        /// The value.
        public var value: String
    }

    /// What happened, in snake case.
    public var event: String

    /// The other members of the line, in order.
    public var fields: [Field]

    /// The client's request; what a remark does not say, its message does.
    public var request: String?

    /// What is counted, each once.
    public var counters: [String]

    /// Creates a remark.
    public init(
        _ event: String,
        _ fields: KeyValuePairs<String, String>,
        request: String? = nil,
        counters: [String] = []
    ) {
        self.event = event
        self.fields = fields.map { Field(name: $0.key, value: $0.value) }
        self.request = request
        self.counters = counters
    }

    /// A refusal of a message, by its code; the sentence may repeat what the sender wrote.
    static func refusal(of type: String, _ refusal: RequestRefused) -> Remark {
        Remark("request_refused", ["type": type, "code": refusal.code.rawValue])
    }
}
