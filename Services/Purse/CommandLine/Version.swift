/// Which version of the program this is.
enum Version {
    /// The version of the platform; the changelog says what is new in it.
    static let number = "0.1.0"

    /// The commit that it was built from, if the build knew it: deploy/Dockerfile writes it here.
    static let commit = ""

    /// What `purse --version` prints.
    static let text = "purse \(number) (\(commit.isEmpty ? "unknown commit" : commit))"
}
