import Contracts

/// What a person or a program must know to use a running installation.
struct Introduction {
    /// The addresses and keys.
    var access: Access

    /// Prints it: one line of JSON, or lines for a person.
    func show(on console: Console, asJSON: Bool) {
        if asJSON {
            console.print(access.line)
            return
        }
        console.print(console.bold("Pursestrings is up."))
        console.print("  API        " + access.url)
        console.print("  admin key  " + (access.adminKey.isEmpty ? "(lost)" : access.adminKey))
        console.print("  root key   " + (access.rootKey.isEmpty ? "(lost)" : access.rootKey))
        console.print("  state      " + access.state)
        console.print(
            "  purse status, purse demo, purse verify and purse bench pay work on it"
                + (access.state.hasSuffix("/.purse") ? "." : " with --state \(access.state).")
        )
    }
}
