/// The users that were found, in answer to ``FindUsers``.
public struct UserList: Message {
    public static let wireName = "settlement.user-list.v1"

    /// The users.
    public var users: [KnownUser]

    /// Creates a reply.
    public init(users: [KnownUser]) {
        self.users = users
    }
}
