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
            Setting(
                "PURSE_STATE",
                "folder",
                "./.purse",
                "writable",
                "keys, databases, sockets, logs"
            ),
            Setting(
                "PURSE_HTTP_ADDRESS",
                "ADDRESS:PORT",
                "127.0.0.1:8080",
                "numeric; port 0 is a free one",
                "where the gateway listens"
            ),
            Setting(
                "PURSE_STORE",
                "sqlite:DIR",
                "sqlite:$PURSE_STATE/data",
                "sqlite only",
                "where the databases are"
            ),
        ]
        + ["policy", "settlement", "escrow", "notifier"].map { service in
            Setting(
                "PURSE_BUS_" + service.uppercased(),
                "endpoint",
                "ipc://$PURSE_STATE/bus/\(service).sock",
                "ipc:// or tcp://",
                "the mailbox of \(service)"
            )
        } + [
            Setting(
                "PURSE_BUS_KEYS",
                "folder",
                "none",
                "made by purse keygen",
                "the CURVE keys; demanded by tcp:// off loopback"
            ),
            Setting(
                "PURSE_OPS_ADDRESS",
                "ADDRESS:PORT",
                "127.0.0.1:0",
                "numeric",
                "health and metrics of this process"
            ),
            Setting(
                "PURSE_INSTANCE",
                "name",
                "<service>-1, gateway-<pid>",
                "<service>- and more, 64 of a-z 0-9 - at most",
                "the routing identity of this process"
            ),
            Setting(
                "PURSE_MASTER_KEY_FILE",
                "file",
                "$PURSE_STATE/master.key",
                "what purse init writes, mode 0600",
                "the sealed words that signatures and addresses come from"
            ),
            Setting(
                "PURSE_MASTER_UNLOCK_FILE",
                "file",
                "$PURSE_STATE/master.unlock",
                "64 hexadecimal digits or a passphrase, mode 0600",
                "the secret that opens the master key"
            ),
            Setting(
                "PURSE_LOG_LEVEL",
                "level",
                "info",
                "debug, info, warning, error",
                "the least level that is logged"
            ),
            Setting(
                "PURSE_OUTBOX_LIMIT",
                "messages",
                "200000",
                "1000 to 10000000",
                "undelivered messages from which on a service refuses requests"
            ),
        ] + ClientLimit.allCases.map(\.setting) + [
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
                "inside addresses that webhooks may be sent to"
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
            Setting(
                "PURSE_TEXT_TEMPLATE",
                "JSON",
                "{\"to\":\"{to}\",\"text\":\"{text}\"}",
                "has {to} and {text}",
                "the body of a text message's request"
            ),
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
            Setting(
                "PURSE_CLAIM_DAYS",
                "days",
                "60",
                "1 to 3650",
                "how long money waits for the owner of a phone number"
            ),
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
