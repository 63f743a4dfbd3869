import Contracts
import Crypto
import Glibc
import JSON
import KeyVault
import Ledger
import SQLiteStorage
import ServiceHost
import Storage

/// `purse init`: makes the master key, or restores it, and shows its words once.
struct InitCommand: Command {
    static let name = "init"
    static let summary = "Make the master key, or restore it, and show its 24 words once"
    static let options = [.state, passphrase, restore, .json]
    static let discussion = """
        The master key signs the ledger, and every wallet's and escrow's address comes from it. It
        is 24 words (BIP-39) that lie sealed in DIR/master.key. What opens them is in
        DIR/master.unlock: a key file, which is made when it is missing, or with --passphrase the
        passphrase that you have put there. Settlement and Escrow read both at their start;
        PURSE_MASTER_KEY_FILE and PURSE_MASTER_UNLOCK_FILE name other files. Keep the second one
        apart from backups.

        The words are shown once: write them down. With --restore, 24 words are read from standard
        input instead, with or without their numbers: so a state folder that was restored without
        its master key gets it back. Words of another key than the one that signs its ledger are
        refused, and a master key that is there is never replaced; where purse up has made it, its
        words are shown now if they were not before.

          purse init
          purse init --restore --state /srv/purse < words.txt
        """

    private static let passphrase = Option(
        "passphrase",
        nil,
        "seal with the passphrase in the unlock file, 12 characters or more"
    )

    private static let restore = Option("restore", nil, "read the 24 words from standard input")

    private let state: StateFolder
    private let hasPassphrase: Bool
    private let restores: Bool
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        state = try StateFolder(arguments)
        hasPassphrase = arguments.has(Self.passphrase)
        restores = arguments.has(Self.restore)
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let file = state.masterKey
        if !file.exists { try demandPlace() }
        if !state.isSplit { try state.create() }
        if !file.exists {
            if !restores { try state.demandMasterKey() }
            let words = restores ? try readWords(console) : .random()
            try demandLedgerKey(words)
            _ = try hasPassphrase ? file.makeWithPassphrase(words) : file.make(words)
        } else if restores || hasPassphrase {
            throw Failure(
                .wrongState,
                "\(file.path) is there, and a master key is never replaced",
                hint: state.hasDatabases
                    ? """
                    if it is not the one of these databases, move it and \(file.unlockPath) aside, \
                    and run purse init --restore again
                    """
                    : "signatures and addresses come from it; use another state folder"
            )
        }
        let wasShown = try file.showOnce { words in show(words, of: file, on: console) }
        guard wasShown else {
            throw file.hasWords
                ? Failure(
                    .wrongState,
                    "\(file.path) is there, and its words are shown only once",
                    hint: "what opens it is in \(file.unlockPath)"
                )
                : Failure(
                    .wrongState,
                    "\(file.path) is from before there were words, and goes on as it is",
                    hint: "keep a copy of the file itself in a safe place"
                )
        }
        return .done
    }

    /// Refuses words whose key is another than the one that the ledger here is signed with.
    private func demandLedgerKey(_ words: Mnemonic) throws {
        let path = state.database(of: .settlement)
        guard access(path, F_OK) == 0 else { return }
        let ledger = try SQLiteDatabase.openReadOnly(
            path: path,
            options: SQLiteOptions(checksIntegrity: false)
        )
        defer { ledger.close() }
        let signer = try ledger.read { transaction throws(StorageError) in
            // A ledger of a build that signed nothing yet is anybody's.
            let isSigned = try transaction.exists(
                "SELECT 1 FROM pragma_table_info('ledger_head') WHERE name = 'public_key'"
            )
            return isSigned ? try LedgerHead.read(in: transaction).publicKey : nil
        }
        let key = MasterKey(words).signingKey.publicKey
        guard let signer, signer != key else { return }
        throw Failure(
            .wrongState,
            "these are not the words of the key that signs the ledger of \(state.path)",
            hint: """
                nothing was written; the ledger is signed by \(Base58.text(of: signer)), and the \
                words are those of \(Base58.text(of: key))
                """
        )
    }

    /// Refuses to make a key where it would be one that no service reads.
    private func demandPlace() throws(Failure) {
        guard Environment.text("PURSE_BUS_KEYS") != nil,
            Environment.text("PURSE_MASTER_KEY_FILE") == nil
        else { return }
        throw Failure(
            .wrongState,
            "the master key of this installation is elsewhere: this is a service's own place",
            hint: """
                with containers: docker compose run --rm init
                without: name the file that Settlement reads with PURSE_MASTER_KEY_FILE
                """
        )
    }

    private func readWords(_ console: Console) throws -> Mnemonic {
        if isatty(STDIN_FILENO) == 1 { console.note("purse: the 24 words, on one line:") }
        var words: [String] = []
        while words.count < Mnemonic.wordCount, let line = readLine() {
            words += Self.words(in: line)
        }
        guard !words.isEmpty else {
            throw Failure(.usage, "there are no words on standard input")
        }
        do throws(Mnemonic.Problem) {
            return try Mnemonic(words: words.joined(separator: " "))
        } catch {
            throw Failure(.usage, sentence(error))
        }
    }

    /// The words of a line, without the numbers that this command prints before them.
    static func words(in line: String) -> [String] {
        line.split(whereSeparator: \.isWhitespace).map(String.init)
            .filter { word in !word.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E } }
    }

    private func sentence(_ problem: Mnemonic.Problem) -> String {
        switch problem {
        case .wordCount(let count): "there must be \(Mnemonic.wordCount) words, not \(count)"
        case .unknownWord(let place): "word \(place) is not in the list of BIP-39"
        case .wrongChecksum: "the checksum is wrong: a word is wrong, or in the wrong place"
        }
    }

    private func show(_ words: Mnemonic, of file: MasterKeyFile, on console: Console) {
        let address = Base58.text(of: MasterKey(words).addresses.solanaKey(0).publicKey)
        if printsJSON {
            let object: JSONObject = [
                "words": .string(words.text), "first_address": .string(address),
                "master_key_file": .string(file.path), "unlock_file": .string(file.unlockPath),
            ]
            console.print(String(decoding: JSONValue.object(object).bytes(), as: UTF8.self))
            return
        }
        let all = words.text.split(separator: " ")
        for row in stride(from: 0, to: all.count, by: 4) {
            let cells = (row..<row + 4).map { index in
                let number = index < 9 ? " \(index + 1)" : "\(index + 1)"
                let word = String(all[index])
                return "\(number) \(word)" + String(repeating: " ", count: 10 - word.count)
            }
            console.print(cells.joined())
        }
        console.note(
            """
            purse: write them down now; they are not shown again
            purse: sealed in \(file.path), opened by \(file.unlockPath)
            purse: the first address is \(address)
            """
        )
    }
}
