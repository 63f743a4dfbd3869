/// Which version of the platform this is.
public enum Version {
    /// The version of the platform; the changelog says what is new in it.
    public static let number = "0.1.0"

    /// The commit that it was built from, if the build knew it: deploy/Dockerfile writes it here.
    public static let commit = ""

    /// The version and the commit, for a person.
    public static let text = "\(number) (\(commit.isEmpty ? "unknown commit" : commit))"
}
