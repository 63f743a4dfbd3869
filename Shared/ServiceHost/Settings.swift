public import Contracts
import Glibc

/// The settings of one process, read from its environment and checked.
public struct Settings: Sendable {
    /// The folder of everything.
    public var state: String

    /// The folder of the databases.
    public var data: String

    /// Where the gateway listens.
    public var httpAddress: String

    /// Where health and metrics are served.
    public var operationsAddress: String

    /// The mailboxes of the services.
    public var endpoints: [ServiceName: String]

    /// The folder of the CURVE keys.
    public var keysFolder: String?

    /// The routing identity of this process.
    public var instance: String

    /// The file of the master key, and of the secret that opens it.
    public var masterKey: MasterKeyFile

    /// The least level that is logged.
    public var logLevel: Log.Level

    /// The file that moves time forward in tests.
    public var testClock: String?

    /// The number of undelivered messages from which on requests are refused.
    public var outboxLimit: Int

    /// What bounds the gateway's clients.
    public var limits: [ClientLimit: Int]

    /// How long money waits for the owner of a phone number, in days.
    public var claimDays: Int

    /// Where the upstream barkd of the rail `bark` is.
    public var barkURL: String?

    /// The file of that barkd's bearer token.
    public var barkTokenFile: String?

    /// The inside networks that webhooks may be sent to, as they are written.
    public var webhookNetworks: [String]

    /// The inside networks at which Lightning addresses may be looked up, as they are written.
    public var lightningNetworks: [String]

    /// Where text messages are posted.
    public var textURL: String?

    /// The body of a text message's request, with `{to}` and `{text}`.
    public var textTemplate: String

    /// The file of the bearer token for text messages.
    public var textTokenFile: String?

    /// All that is wrong with an environment.
    public struct Problems: Error {
        /// A sentence for each problem.
        public var sentences: [String]
    }

    /// Reads and checks the settings of a service.
    ///
    /// - Throws: All problems at once: an unknown `PURSE_…` variable, a value out of bounds.
    public init(
        of service: ServiceName,
        environment: [String: String] = Settings.processEnvironment()
    ) throws(Problems) {
        var check = SettingsCheck(environment)
        check.refuseUnknownNames()
        state = check.text(.state)
        data = check.storeFolder(in: state)
        instance = check.instance(of: service)
        endpoints = check.endpoints(in: state)
        keysFolder = environment["PURSE_BUS_KEYS"]
        httpAddress = check.address(.httpAddress)
        operationsAddress = check.address(.operationsAddress)
        masterKey = MasterKeyFile(
            check.text(.masterKeyFile, in: state),
            unlockedBy: check.text(.masterUnlockFile, in: state)
        )
        logLevel = check.logLevel()
        testClock = check.testClock()
        outboxLimit = check.integer(.outboxLimit)
        limits = check.limits()
        claimDays = check.integer(.claimDays)
        check.url("PURSE_BARK_URL")
        barkURL = environment["PURSE_BARK_URL"]
        barkTokenFile = environment["PURSE_BARK_TOKEN_FILE"]
        check.url("PURSE_TEXT_URL")
        webhookNetworks = check.networks("PURSE_WEBHOOK_ALLOW")
        lightningNetworks = check.networks("PURSE_LIGHTNING_ALLOW")
        textURL = environment["PURSE_TEXT_URL"]
        textTemplate = check.textTemplate()
        textTokenFile = environment["PURSE_TEXT_TOKEN_FILE"]
        guard check.problems.isEmpty else { throw Problems(sentences: check.problems.sorted()) }
    }

    /// The bearer token of the upstream barkd, if there is one.
    ///
    /// - Throws: Its file cannot be read, or is empty.
    public func barkToken() throws(Files.Failure) -> String? {
        try barkTokenFile.map { path throws(Files.Failure) in
            let text = String(decoding: try Files.read(path), as: UTF8.self)
            guard let token = text.split(whereSeparator: \.isWhitespace).first else {
                throw Files.Failure(message: "\(path) holds no token")
            }
            return String(token)
        }
    }

    /// The path of a service's database.
    public func databasePath(of service: ServiceName) -> String {
        "\(data)/\(service.rawValue).sqlite"
    }

    /// The environment of this process.
    public static func processEnvironment() -> [String: String] {
        var values: [String: String] = [:]
        var pointer = environ
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            if let mark = text.firstIndex(of: "=") {
                values[String(text[..<mark])] = String(text[text.index(after: mark)...])
            }
            pointer += 1
        }
        return values
    }
}
