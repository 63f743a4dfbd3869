import Contracts
import JSON

/// Mixin's users.
enum MixinUser {
    /// A user of whom nothing is known.
    static func object(_ user: String) -> JSONValue {
        object(user, name: "", createdAt: Timestamp(milliseconds: 0), relationship: "STRANGER")
    }

    /// A user who is an agent of the organisation.
    static func object(_ user: KnownUser, relationship: String) -> JSONValue {
        object(
            user.user,
            name: user.agent,
            createdAt: user.createdAt,
            relationship: relationship
        )
    }

    private static func object(
        _ user: String,
        name: String,
        createdAt: Timestamp,
        relationship: String
    ) -> JSONValue {
        [
            "type": "user", "user_id": .string(user), "identity_number": "0",
            "full_name": .string(name), "avatar_url": "", "relationship": .string(relationship),
            "mute_until": "0001-01-01T00:00:00Z", "created_at": .string(createdAt.mixinText),
            "is_verified": false,
        ]
    }
}
