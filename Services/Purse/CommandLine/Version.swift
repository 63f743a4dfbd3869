/// What `purse --version` prints.
enum Version {
    static let text = "purse (unversioned build)"
}
