import JSON

/// `purse wallets`: the wallets and what they hold.
struct WalletsCommand: Command {
    static let name = "wallets"
    static let summary = "List the wallets with their balances"
    static let options = [Listing.limit] + Connection.options + [.json]

    private let connection: Connection
    private let listing: Listing
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        connection = try Connection(arguments)
        printsJSON = arguments.has(.json)
        listing = Listing(
            path: "/v1/wallets",
            limit: try arguments.integer(Listing.limit, in: 1...100_000) ?? 20
        )
    }

    func run(_ console: Console) throws -> ExitCode {
        let wallets = try listing.elements(through: connection.client)
        if printsJSON {
            console.print(JSONValue.array(wallets).description)
            return .done
        }
        var table = Table([
            ("WALLET", .left), ("AGENT", .left), ("STATUS", .left), ("POLICY", .left),
            ("BALANCES", .left),
        ])
        for wallet in wallets {
            table.add([
                wallet["wallet_id"]?.stringValue ?? "", wallet["agent_id"]?.stringValue ?? "",
                wallet["status"]?.stringValue ?? "",
                wallet["policy"]?["policy_id"]?.stringValue ?? "", Self.balances(of: wallet),
            ])
        }
        for line in table.lines { console.print(line) }
        return .done
    }

    private static func balances(of wallet: JSONValue) -> String {
        let members = wallet["balances"]?.objectValue?.members ?? []
        let texts = members.compactMap { member in
            member.value.stringValue.map { "\($0) \(member.key)" }
        }
        return texts.isEmpty ? "-" : texts.joined(separator: ", ")
    }
}
