import CBuild

/// Which version of the platform this is.
public enum Version {
    /// The version of the platform; the changelog says what is new in it.
    public static let number = "0.1.0"

    /// The commit that it was built from, or nothing where the build was not told one:
    /// deploy/up.sh and deploy/Dockerfile tell it with `PURSESTRINGS_COMMIT`.
    public static let commit = String(cString: purse_build_commit())

    /// The version and the commit, for a person.
    public static let text = text(commit: commit)

    static func text(commit: String) -> String {
        "\(number) (\(commit.isEmpty ? "unknown commit" : commit))"
    }
}
