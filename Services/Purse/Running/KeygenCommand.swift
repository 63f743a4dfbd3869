import Contracts
import Glibc
import ServiceHost
import ZeroMQTransport

/// `purse keygen`: makes the CURVE keys of the bus.
struct KeygenCommand: Command {
    static let name = "keygen"
    static let summary = "Make the CURVE keys with which the services trust each other"
    static let words = "FOLDER"
    static let maximumWords = 1
    static let options = [force, each, masterKey, unlock, ledger]
    static let discussion = """
        Writes <service>.public and <service>.secret of the five services into the folder, for
        PURSE_BUS_KEYS. Each machine needs all public keys and the secret of its own services only:
        with --each every service has a folder of its own, FOLDER/<service>, with just that.
        A folder that has all the keys is left as it is, and so is a master key.

          purse keygen /srv/purse/keys --master-key /srv/vault/master.key
        """

    private static let force = Option("force", nil, "replace keys that are there")

    private static let each = Option(
        "each",
        nil,
        "a folder for each service, with all public keys and its own secret only"
    )

    private static let masterKey = Option(
        "master-key",
        "FILE",
        "make the master key too, for PURSE_MASTER_KEY_FILE; one that is there is never replaced"
    )

    private static let unlock = Option(
        "unlock",
        "FILE",
        "the key file that seals the master key, made when missing (default MASTER-KEY.unlock)"
    )

    private static let ledger = Option(
        "ledger",
        "FILE",
        "Settlement's database: where it is there, a master key that is missing is not made anew"
    )

    private let folder: String
    private let ledgerFile: String?
    private let masterKeyFile: MasterKeyFile?
    private let replaces: Bool
    private let isSplit: Bool

    init(_ arguments: Arguments) throws(Failure) {
        guard let folder = arguments.words.first else {
            throw Failure(.usage, "the folder is missing")
        }
        self.folder = folder
        let unlockPath = arguments.text(Self.unlock)
        masterKeyFile = arguments.text(Self.masterKey).map { path in
            MasterKeyFile(path, unlockedBy: unlockPath ?? path + ".unlock")
        }
        ledgerFile = arguments.text(Self.ledger)
        replaces = arguments.has(Self.force)
        isSplit = arguments.has(Self.each)
    }

    func run(_ console: Console) throws -> ExitCode {
        try Files.makeFolder(folder)
        if let masterKeyFile, !masterKeyFile.exists {
            try demandNoLedger(without: masterKeyFile)
            try masterKeyFile.make()
            console.print(
                "\(masterKeyFile.path): a new master key; purse init shows its words once"
            )
        }
        let paths = ServiceName.allCases.flatMap { publicFiles(of: $0) + [secretFile(of: $0)] }
        let present = paths.filter { access($0, F_OK) == 0 }
        if !present.isEmpty, !replaces {
            guard present.count == paths.count else {
                throw Failure(
                    .wrongState,
                    "\(folder) has some of the keys, but not all",
                    hint: "--force makes all of them anew"
                )
            }
            console.note("purse: \(folder) has the keys already")
            return .done
        }
        for service in ServiceName.allCases { try Files.makeFolder(folder(of: service)) }
        for service in ServiceName.allCases {
            let pair = try CurveKeys.generate()
            try Files.write(Array((pair.secretKey + "\n").utf8), to: secretFile(of: service))
            for path in publicFiles(of: service) {
                try Files.write(Array((pair.publicKey + "\n").utf8), to: path)
            }
        }
        console.print("\(folder): keys of \(ServiceName.allCases.count) services")
        return .done
    }

    /// A ledger goes on with its own key alone, and another one would only be in the way.
    private func demandNoLedger(without key: MasterKeyFile) throws(Failure) {
        guard let ledgerFile, access(ledgerFile, F_OK) == 0 else { return }
        throw Failure(
            .wrongState,
            "there is a ledger (\(ledgerFile)), but its master key is missing: \(key.path)",
            hint: """
                restore the key: put master.key and master.unlock of the backup in their places, or
                make them from the 24 words with purse init --restore
                """
        )
    }

    /// The folder that a service reads.
    private func folder(of service: ServiceName) -> String {
        isSplit ? "\(folder)/\(service.rawValue)" : folder
    }

    /// Where a service's public key stands: wherever another may look for it.
    private func publicFiles(of service: ServiceName) -> [String] {
        Set(ServiceName.allCases.map { folder(of: $0) }).sorted().map {
            "\($0)/\(service.rawValue).public"
        }
    }

    private func secretFile(of service: ServiceName) -> String {
        "\(folder(of: service))/\(service.rawValue).secret"
    }
}
