import Contracts
import Crypto
import GatewayCore
import HTTP
import JSON
import Storage

/// Sessions of Mixin users: their own tokens let them in.
enum Sessions {
    /// Makes a session of a wallet, and registers its user in the directory.
    static func create(
        _ call: Call,
        _ body: inout BodyReader
    ) async throws(APIFailure) -> Response {
        // The class is an agent's, said or not.
        if let text = body.text("class"), text != KeyClass.agent.rawValue {
            body.note("class", "invalid", "Only an agent can have a session.")
        }
        let wallet = body.text("walletId", 1...80, isRequired: true)
        let label = body.text("label")
        let user = uuid("userId", &body)
        let session = uuid("sessionId", &body)
        let publicKey = publicKey(&body)
        try body.finish()
        guard let wallet, let user, let session, let publicKey else {
            throw .invalid(body.problems)
        }
        let organisation = call.principal.organisation
        _ = try await call.ask(
            RegisterDestination(
                organisation: organisation,
                entry: call.environment.identifier(),
                wallet: Wallet.ID(wallet),
                destination: Destination(kind: .mixinUser, value: user)
            )
        )
        return try Administration.once(call) { transaction throws(StorageError) in
            let made = try call.keys.makeSession(
                of: organisation,
                wallet: Wallet.ID(wallet),
                user: user,
                session: session,
                publicKey: publicKey,
                label: label,
                in: transaction
            )
            guard let made else {
                return .refused(
                    APIFailure(
                        409,
                        "conflict",
                        "The session is known already; revoke its key first."
                    )
                )
            }
            var object = Administration.object(of: made)
            object["user_id"] = .string(user)
            object["session_id"] = .string(session)
            return .made(object)
        }
    }

    /// Checks the fields of a session in the body of a key that is none, where they are ignored.
    static func checkUnused(_ body: inout BodyReader) {
        _ = uuid("userId", &body, isRequired: false)
        _ = uuid("sessionId", &body, isRequired: false)
        _ = publicKey(&body, isRequired: false)
    }

    private static func publicKey(
        _ body: inout BodyReader,
        isRequired: Bool = true
    ) -> [UInt8]? {
        guard let text = body.text("publicKey", 1...64, isRequired: isRequired) else { return nil }
        guard let bytes = Base64.urlBytes(of: text), Ed25519Point.isPublicKey(bytes) else {
            body.note("publicKey", "invalid", "It must be an Ed25519 public key, base64url.")
            return nil
        }
        return bytes
    }

    private static func uuid(
        _ name: String,
        _ body: inout BodyReader,
        isRequired: Bool = true
    ) -> String? {
        guard let text = body.text(name, 1...64, isRequired: isRequired)?.lowercased() else {
            return nil
        }
        guard UUIDText.isValid(text) else {
            body.note(name, "invalid", "It must be a UUID.")
            return nil
        }
        return text
    }
}
