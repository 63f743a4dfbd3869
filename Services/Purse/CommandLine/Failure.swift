/// Why a command ends early, for the person who typed it.
struct Failure: Error {
    /// How the process exits.
    var code: ExitCode

    /// One sentence without a secret.
    var message: String

    /// What to do about it.
    var hint: String?

    init(_ code: ExitCode, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}
