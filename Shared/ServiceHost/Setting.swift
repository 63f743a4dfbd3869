import Contracts

/// A setting of the services: an environment variable.
public struct Setting: Hashable, Sendable {
    /// The variable, for example `PURSE_STATE`.
    public var name: String

    /// The unit or form of the value.
    public var unit: String

    /// The value when it is not set, in words.
    public var standard: String

    /// What values are accepted, in words.
    public var bound: String

    /// What it does.
    public var summary: String

    /// All settings, in the order of the documentation (API.md, section 7).
    public static let all: [Setting] =
        [
            .state,
            .httpAddress,
            .store,
        ]
        + ServiceName.allCases.filter { $0 != .gateway }.map(Setting.bus) + [
            Setting(
                "PURSE_BUS_KEYS",
                "folder",
                "none",
                "made by purse keygen",
                "the CURVE keys; demanded by tcp:// off loopback"
            ),
            .operationsAddress,
            Setting(
                "PURSE_INSTANCE",
                "name",
                "<service>-1, gateway-<pid>",
                "<service>- and more, 64 of a-z 0-9 - at most",
                "the routing identity of this process"
            ),
            .masterKeyFile,
            .masterUnlockFile,
            Setting(
                "PURSE_LOG_LEVEL",
                "level",
                "info",
                "debug, info, warning, error",
                "the lowest level that is logged"
            ),
            NumberSetting.outboxLimit.setting,
        ] + ClientLimit.allCases.map(\.number.setting) + [
            Setting(
                "PURSE_ENVIRONMENT",
                "name",
                "production",
                "production, test",
                "test allows PURSE_TEST_CLOCK"
            ),
            Setting(
                "PURSE_TEST_CLOCK",
                "file",
                "none",
                "milliseconds, 0 or more; test only",
                "moves time forward by what the file says"
            ),
            Setting(
                "PURSE_WEBHOOK_ALLOW",
                "networks",
                "none",
                "10.0.0.0/8,::1 and the like, comma-separated",
                "internal addresses that webhooks may be sent to"
            ),
            Setting(
                "PURSE_LIGHTNING_ALLOW",
                "networks",
                "none",
                "10.0.0.0/8,::1 and the like, comma-separated",
                "inside addresses at which Lightning addresses and LNURLs may be looked up"
            ),
            Setting(
                "PURSE_TEXT_URL",
                "URL",
                "none",
                "http(s)",
                "where text messages are posted; without it they go to run/texts.jsonl"
            ),
            .textTemplate,
            Setting(
                "PURSE_TEXT_TOKEN_FILE",
                "file",
                "none",
                "readable",
                "the bearer token of PURSE_TEXT_URL"
            ),
            Setting(
                "PURSE_BARK_URL",
                "URL",
                "none",
                "http(s), without /api/v1",
                "the barkd that pays invoices and Ark addresses of others"
            ),
            Setting(
                "PURSE_BARK_TOKEN_FILE",
                "file",
                "none",
                "readable",
                "the bearer token of PURSE_BARK_URL"
            ),
            NumberSetting.claimDays.setting,
            Setting(
                "PURSE_URL",
                "URL",
                "of the state folder",
                "http:// or https://",
                "where the command-line tool finds the gateway; the services ignore it"
            ),
            Setting(
                "PURSE_KEY",
                "API key",
                "of the state folder",
                "a key of the platform",
                "the key of the command-line tool; the services ignore it"
            ),
        ]

    init(
        _ name: String,
        _ unit: String,
        _ standard: String,
        _ bound: String,
        _ summary: String
    ) {
        self.name = name
        self.unit = unit
        self.standard = standard
        self.bound = bound
        self.summary = summary
    }
}

// Those whose value when they are not set is read here and shown to people.
extension Setting {
    static let state = Setting(
        "PURSE_STATE",
        "folder",
        "./.purse",
        "writable",
        "keys, databases, sockets, logs"
    )

    static let httpAddress = Setting(
        "PURSE_HTTP_ADDRESS",
        "ADDRESS:PORT",
        "127.0.0.1:8080",
        "numeric; port 0 is a free one",
        "where the gateway listens"
    )

    static let store = Setting(
        "PURSE_STORE",
        "sqlite:DIR",
        "sqlite:$PURSE_STATE/data",
        "sqlite only",
        "where the databases are"
    )

    static let operationsAddress = Setting(
        "PURSE_OPS_ADDRESS",
        "ADDRESS:PORT",
        "127.0.0.1:0",
        "numeric",
        "health and metrics of this process"
    )

    static let masterKeyFile = Setting(
        "PURSE_MASTER_KEY_FILE",
        "file",
        "$PURSE_STATE/master.key",
        "what purse init writes, mode 0600",
        "the sealed words that signatures and addresses come from"
    )

    static let masterUnlockFile = Setting(
        "PURSE_MASTER_UNLOCK_FILE",
        "file",
        "$PURSE_STATE/master.unlock",
        "64 hexadecimal digits or a passphrase, mode 0600",
        "the secret that opens the master key"
    )

    static let textTemplate = Setting(
        "PURSE_TEXT_TEMPLATE",
        "JSON",
        "{\"to\":\"{to}\",\"text\":\"{text}\"}",
        "has {to} and {text}",
        "the body of a text message's request"
    )

    /// Where a service's mailbox is.
    static func bus(_ service: ServiceName) -> Setting {
        Setting(
            "PURSE_BUS_" + service.rawValue.uppercased(),
            "endpoint",
            "ipc://$PURSE_STATE/bus/\(service.rawValue).sock",
            "ipc:// or tcp://",
            "the mailbox of \(service.rawValue)"
        )
    }

    /// The value when it is not set, for a state folder.
    func standard(in state: String) -> String {
        standard.replacing("$PURSE_STATE", with: state)
    }
}

/// A setting that is a whole number.
struct NumberSetting {
    var name: String
    var unit: String
    var standard: Int
    var range: ClosedRange<Int>
    var summary: String

    static let outboxLimit = NumberSetting(
        name: "PURSE_OUTBOX_LIMIT",
        unit: "messages",
        standard: 200_000,
        range: 1000...10_000_000,
        summary: "undelivered messages from which on a service refuses requests"
    )

    static let claimDays = NumberSetting(
        name: "PURSE_CLAIM_DAYS",
        unit: "days",
        standard: 60,
        range: 1...3650,
        summary: "how long money waits for the owner of a phone number"
    )

    /// What is shown of it to who sets it.
    var setting: Setting {
        let none = range.lowerBound == 0 ? "; 0 for no limit" : ""
        return Setting(
            name,
            unit,
            String(standard),
            "\(range.lowerBound) to \(range.upperBound)\(none)",
            summary
        )
    }
}
