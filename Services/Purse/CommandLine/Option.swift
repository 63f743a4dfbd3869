/// An option of a command.
struct Option: Hashable {
    /// What a shell can complete a value with.
    enum Values: Hashable {
        case anything
        case files
        case choices([String])
    }

    /// The name without the dashes, for example `state`.
    var name: String

    /// What stands for the value in the help, or `nil` for an option without one.
    var placeholder: String?

    /// One line for the help, with the default.
    var summary: String

    /// What values there are.
    var values: Values

    init(
        _ name: String,
        _ placeholder: String? = nil,
        _ summary: String,
        values: Values = .anything
    ) {
        self.name = name
        self.placeholder = placeholder
        self.summary = summary
        self.values = values
    }

    static let state = Option(
        "state",
        "DIR",
        "the state folder (default $PURSE_STATE or ./.purse)",
        values: .files
    )
    static let json = Option("json", nil, "print JSON for a program on standard output")
    static let help = Option("help", nil, "print this help")
    static let key = Option(
        "key",
        "KEY",
        "the API key (default $PURSE_KEY or the state's own)"
    )
    static let url = Option("url", "URL", "the gateway (default $PURSE_URL or the state's address)")
    static let watch = Option("watch", nil, "look again every second, until it is decided")
    static let watchList = Option("watch", nil, "look again every second, until Ctrl-C")
    static let yes = Option("yes", nil, "do it without asking for confirmation")
}
