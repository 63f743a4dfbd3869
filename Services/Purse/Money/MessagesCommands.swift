import HTTP
import JSON

/// `purse messages list`: the messages that services have put aside.
struct ListMessagesCommand: Command {
    static let name = "messages list"
    static let summary = "List the messages that services have put aside"
    static let options = [all] + Connection.options + [.json]
    static let discussion = """
        A message that cannot be handled is put aside, and the service goes on. One that moves or
        promises money stays until somebody decides: purse verify calls it damage until then.

          purse messages list             those that nobody has decided about
          purse messages show ID          one of them, with its content
          purse messages retry ID         handle it now, after the cause is mended
          purse messages discard ID       never handle it; who waits for it is refused

        The four commands use the platform's root key.
        """

    private static let all = Option("all", nil, "those that were decided about, too")

    private let connection: Connection
    private let path: String
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        connection = try Connection(root: arguments)
        path = arguments.has(Self.all) ? "/v1/messages" : "/v1/messages?state=undecided"
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let messages = try Listing(path: path, limit: 10_000)
            .elements(through: connection.client)
        if printsJSON {
            console.print(JSONValue.array(messages).description)
            return .done
        }
        var table = Table([
            ("MESSAGE", .left), ("STATE", .left), ("TYPE", .left), ("PUT ASIDE", .left),
            ("REASON", .left),
        ])
        for message in messages {
            table.add(
                ["message_id", "state", "type", "put_aside_at", "reason"].map {
                    message[$0]?.stringValue ?? ""
                }
            )
        }
        for line in table.lines { console.print(line) }
        return .done
    }
}

/// `purse messages show`: one message that was put aside.
struct ShowMessageCommand: Command {
    static let name = "messages show"
    static let summary = "Show a message that was put aside, with its content"
    static let words = "MESSAGE_ID"
    static let maximumWords = 1
    static let options = Connection.options + [.json]
    static let discussion = """
        The content may hold names, phone numbers and amounts of any organisation.
        """

    private let connection: Connection
    private let message: String
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        message = try Messages.identifier(arguments)
        connection = try Connection(root: arguments)
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let answer = try connection.client.send(.get, Messages.path(message))
        let object = try answer.success()
        console.print(printsJSON ? object.description : answer.prettyBody)
        return .done
    }
}

/// `purse messages retry`: handles a message that was put aside.
struct RetryMessageCommand: Command {
    static let name = "messages retry"
    static let summary = "Handle a message that was put aside, after the cause is mended"
    static let words = "MESSAGE_ID"
    static let maximumWords = 1
    static let options = Connection.options + [.json]
    static let discussion = """
        When it fails again it stays put aside, and nothing is changed.
        """

    private let connection: Connection
    private let message: String
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        message = try Messages.identifier(arguments)
        connection = try Connection(root: arguments)
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let path = Messages.path(message) + "/retry"
        let object = try connection.client.send(.post, path).success()
        if printsJSON { console.print(object.description) }
        console.note("\(message) has had its effect")
        return .done
    }
}

/// `purse messages discard`: gives a message up that was put aside.
struct DiscardMessageCommand: Command {
    static let name = "messages discard"
    static let summary = "Give a message up that was put aside"
    static let words = "MESSAGE_ID"
    static let maximumWords = 1
    static let options = Connection.options + [.json]
    static let discussion = """
        It is never handled. Payments that it ordered fail and give their budget back; escrows,
        releases and batches are told that nothing moved. Of other messages nobody is told: the
        runbook says what to mend by hand.
        """

    private let connection: Connection
    private let message: String
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        message = try Messages.identifier(arguments)
        connection = try Connection(root: arguments)
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let path = Messages.path(message) + "/discard"
        let object = try connection.client.send(.post, path).success()
        if printsJSON { console.print(object.description) }
        console.note("\(message) is given up")
        return .done
    }
}

/// What the commands about messages share.
private enum Messages {
    static func identifier(_ arguments: Arguments) throws(Failure) -> String {
        guard let message = arguments.words.first else {
            throw Failure(
                .usage,
                "the identifier of the message is missing",
                hint: "purse messages list shows them"
            )
        }
        return message
    }

    static func path(_ message: String) -> String {
        "/v1/messages/" + PercentEncoding.encode(message)
    }
}
