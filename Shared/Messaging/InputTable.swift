public import Contracts
import JSON

/// How the messages of the wire become the inputs of a state machine, and who may send them.
///
/// Requests and queries are the gateway's; a command names the services that send it.
///
/// ```swift
/// static let inputs = InputTable<PolicyInput>([
///     .request(AuthorizePayments.self, PolicyInput.authorizePayments),
///     .query(GetPolicy.self, PolicyInput.getPolicy),
///     .command(BindWallet.self, from: [.settlement], PolicyInput.bindWallet),
/// ])
/// ```
public struct InputTable<Input: Sendable>: Sendable {
    /// How a message of one type becomes an input.
    public struct Entry: Sendable {
        /// The wire name of the message.
        public var wireName: String

        /// Whether and how the message is recorded.
        public var kind: MessageKind

        /// The services that may send the message; an ordinary client may what the gateway may.
        public var senders: Set<ServiceName> = [.gateway]

        /// Whether an operator decides about a message that was put aside.
        public var isForOperator = false

        /// Whether an answer is kept for who repeats a request with its identity.
        ///
        /// Answers that are merged are to items that have identities of their own, and secrets are
        /// kept nowhere.
        var keepsAnswer: Bool

        /// Says whose question it is, when it may read thousands of rows.
        var account: (@Sendable (any MessagePayload) throws -> String)?

        /// Takes a message that is sent anew in another envelope apart.
        let parts: @Sendable (any MessagePayload) throws -> [MessagePart<Input>]

        /// Decodes the payload.
        public var decode: @Sendable (any MessagePayload) throws -> Input

        private init<Body: Message>(
            _ kind: MessageKind,
            _ input: @escaping @Sendable (Body) -> Input
        ) {
            wireName = Body.wireName
            self.kind = kind
            let holdsSecret = (Body.self as? any Request.Type)?.answerHoldsSecret ?? false
            keepsAnswer =
                kind == .request && !holdsSecret && !(Body.self is any MergeableMessage.Type)
            decode = { input(try $0.checked(Body.self)) }
            parts = { MessagePart.parts(of: try $0.checked(Body.self), input) }
        }

        /// Accepts a request, which is idempotent by its business identity.
        public static func request<Body: Request>(
            _ type: Body.Type,
            _ input: @escaping @Sendable (Body) -> Input
        ) -> Entry {
            Entry(.request, input)
        }

        /// Accepts a question, which changes nothing.
        public static func query<Body: Query>(
            _ type: Body.Type,
            _ input: @escaping @Sendable (Body) -> Input
        ) -> Entry {
            Entry(.query, input)
        }

        /// Accepts a question that may read thousands of rows: a ``SurveyDesk`` answers it, if the
        /// service has one, and those who ask take turns.
        public static func survey<Body: Query>(
            _ type: Body.Type,
            of account: @escaping @Sendable (Body) -> Organisation.ID?,
            _ input: @escaping @Sendable (Body) -> Input
        ) -> Entry {
            var entry = Entry(.query, input)
            entry.account = { account(try $0.decode(Body.self))?.rawValue ?? "" }
            return entry
        }

        /// Accepts a command, which is recorded in the inbox.
        public static func command<Body: Command>(
            _ type: Body.Type,
            from senders: Set<ServiceName>,
            _ input: @escaping @Sendable (Body) -> Input
        ) -> Entry {
            var entry = Entry(.command, input)
            entry.isForOperator = Body.isForOperator
            entry.senders = senders
            return entry
        }

        /// Accepts what became of orders to a port of this process, and only from there.
        public static func result<Body: Message>(
            _ type: Body.Type,
            _ input: @escaping @Sendable (Body) -> Input
        ) -> Entry {
            var entry = Entry(.result, input)
            entry.senders = []
            return entry
        }
    }

    private let entries: [String: Entry]

    /// Creates a table.
    ///
    /// - Precondition: No wire name stands twice.
    public init(_ entries: [Entry]) {
        self.entries = Dictionary(uniqueKeysWithValues: entries.map { ($0.wireName, $0) })
    }

    /// Returns the entry of a wire name, or `nil` when the service does not understand it.
    public subscript(wireName: String) -> Entry? {
        entries[wireName]
    }

    /// Whether some of the messages are surveys.
    public var hasSurveys: Bool { entries.values.contains { $0.account != nil } }

    /// The wire names that the service understands when others send them, sorted.
    public var wireNames: [String] {
        entries.values.filter { $0.kind != .result }.map(\.wireName).sorted()
    }
}

/// What is wrong with the content of a message that could be decoded.
struct FormProblem: Error {
    var sentence: String
}

extension MessagePayload {
    /// Decodes a message whose content keeps its rules.
    fileprivate func checked<Body: Message>(_ type: Body.Type) throws -> Body {
        let body = try decode(type)
        if Body.refusesUnknownMembers,
            let path = try decode(JSONValue.self).memberUnknown(to: JSON.value(of: body))
        {
            throw FormProblem(sentence: "payload\(path) is not known.")
        }
        if let sentence = body.formProblem { throw FormProblem(sentence: sentence) }
        return body
    }
}

/// Whether and how the receiver records a message.
public enum MessageKind: String, Hashable, Sendable {
    /// Changes nothing, is not recorded and not acknowledged; answered before its deadline.
    case query
    /// Idempotent by its business identity, acknowledged after the commit.
    case request
    /// Recorded in the inbox in the transaction of its effect, acknowledged after the commit.
    case command
    /// From a port of this process: not recorded, not acknowledged, and not accepted from the wire.
    case result
}
