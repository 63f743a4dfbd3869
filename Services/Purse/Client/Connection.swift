import Contracts
import HTTP
import JSON

/// The gateway and the key that a command uses.
struct Connection {
    /// The gateway's URL.
    let url: String

    /// The API key.
    let key: String

    /// Finds both: the options, `PURSE_URL` and `PURSE_KEY`, or the state folder.
    ///
    /// The state folder stands for the installation that runs in it and for no other: its address
    /// is that of the gateway that serves this very folder, whatever a copied access file says. A
    /// folder that is named on the command line outweighs `PURSE_URL`.
    init(_ arguments: Arguments) throws(Failure) {
        try self.init(arguments) { $0.adminKey }
    }

    /// Finds both, for what only the platform's own key may do.
    init(root arguments: Arguments) throws(Failure) {
        try self.init(arguments) { $0.rootKey }
    }

    private init(_ arguments: Arguments, key own: (Access) -> String) throws(Failure) {
        let state = try StateFolder(arguments)
        let access = Access(readingFrom: state)
        var named = arguments.text(.url)
        if named == nil, arguments.text(.state) == nil { named = Environment.text("PURSE_URL") }
        var url: String
        if let named { url = named } else { url = try Self.runningGateway(of: state, access) }
        guard !url.isEmpty else { throw Failure(.usage, "--url is empty") }
        let key = arguments.text(.key) ?? Environment.text("PURSE_KEY") ?? access.map(own)
        guard let key, !key.isEmpty else {
            throw Failure(
                .usage,
                "no API key is known",
                hint: """
                    name one with --key or PURSE_KEY; the owner of a stopped state folder makes a \
                    new one with purse keys reset (--root for the root key)
                    """
            )
        }
        while url.hasSuffix("/") { url.removeLast() }
        self.url = url
        self.key = key
    }

    /// The address of the gateway that serves a state folder.
    ///
    /// - Throws: None does, so that nothing may be sent anywhere.
    private static func runningGateway(
        of state: StateFolder,
        _ access: Access?
    ) throws(Failure) -> String {
        if let announcement = Announcement(of: .gateway, in: state), let url = announcement.url,
            announcement.isAlive(as: .gateway, in: state)
        {
            return url
        }
        guard let access, !access.url.isEmpty else {
            throw Failure(
                .unreachable,
                "no gateway is known",
                hint: "start one with purse up, or name one with --url or PURSE_URL"
            )
        }
        throw Failure(
            .unreachable,
            "no gateway of \(state.path) is running; nothing was sent",
            hint: """
                start it with purse up --state \(state.path)
                its access.json names \(access.url): if you mean whatever answers there, add \
                --url \(access.url)
                """
        )
    }

    /// The options of every command that talks to the gateway.
    static let options = [Option.state, .url, .key]

    /// A client for one call after the other.
    var client: APIClient { APIClient(url: url, key: key) }
}
