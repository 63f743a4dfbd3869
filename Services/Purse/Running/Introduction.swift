import Contracts

/// What a person or a program must know to use a running installation.
struct Introduction {
    /// The addresses and keys.
    var access: Access

    /// Whether a person is shown the keys: once, when they were made.
    var showsKeys: Bool

    /// Prints it: one line of JSON, or lines for a person.
    func show(on console: Console, asJSON: Bool) {
        if asJSON {
            console.print(access.line)
            return
        }
        console.print(console.bold("Pursestrings is up."))
        console.print("  API        " + access.url)
        if access.adminKey.isEmpty {
            console.print("  admin key  lost: purse keys reset makes another one")
        } else if showsKeys {
            console.print("  admin key  " + access.adminKey)
            console.print("  root key   " + access.rootKey)
        } else {
            console.print("  keys       " + access.state + "/access.json")
        }
        console.print("  state      " + access.state)
        console.print(
            "  purse status, purse wallets, purse payments and purse verify work on it"
                + (access.state.hasSuffix("/.purse") ? "." : " with --state \(access.state).")
        )
    }
}
