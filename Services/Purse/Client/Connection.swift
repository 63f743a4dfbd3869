import HTTP
import JSON

/// The gateway and the key that a command uses.
struct Connection {
    /// The gateway's URL.
    let url: String

    /// The API key.
    let key: String

    /// Finds both: the options, `PURSE_URL` and `PURSE_KEY`, or the state folder's access file.
    init(_ arguments: Arguments) throws(Failure) {
        try self.init(arguments) { $0.adminKey }
    }

    /// Finds both, for what only the platform's own key may do.
    init(root arguments: Arguments) throws(Failure) {
        try self.init(arguments) { $0.rootKey }
    }

    private init(_ arguments: Arguments, key own: (Access) -> String) throws(Failure) {
        let access = Access(readingFrom: try StateFolder(arguments))
        let url = arguments.text(.url) ?? Environment.text("PURSE_URL") ?? access?.url
        let key = arguments.text(.key) ?? Environment.text("PURSE_KEY") ?? access.map(own)
        guard var url, !url.isEmpty else {
            throw Failure(
                .unreachable,
                "no gateway is known",
                hint: "start one with purse up, or name one with --url or PURSE_URL"
            )
        }
        guard let key, !key.isEmpty else {
            throw Failure(.usage, "no API key is known", hint: "name one with --key or PURSE_KEY")
        }
        while url.hasSuffix("/") { url.removeLast() }
        self.url = url
        self.key = key
    }

    /// The options of every command that talks to the gateway.
    static let options = [Option.state, .url, .key]

    /// A client for one call after the other.
    var client: APIClient { APIClient(url: url, key: key) }
}
