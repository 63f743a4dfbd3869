import Contracts
import GatewayCore
import HTTP
import JSON
import Storage

/// Tokens, the account that pays, and who is a member.
enum AccountOperations {
    static let all: [Operation] = [
        Operation(
            .post,
            "/authentication/getToken",
            id: "getToken",
            "Exchange a credential for a token of 15 minutes",
            classes: [],
            body: Schema.object(
                ["key": Schema.text(), "secret": Schema.text()],
                required: ["key", "secret"]
            ),
            answers: [
                200: Schema.reference("SixDot50Token"), 401: Schema.reference("SixDot50Token"),
            ],
            bodyBytes: 16 << 10,
            keeping: .nothing
        ) { (call) async throws(APIFailure) in try token(call) },
        Operation(
            .get,
            "/accounts",
            id: "listAccounts",
            "The account that pays batches",
            classes: .readers,
            answers: [
                200: ["type": "array", "items": Schema.reference("SixDot50Account")]
            ]
        ) { (call) async throws(APIFailure) in
            let organisation = try Administration.organisation(call)
            let reserve = try await call.ask(GetReserve(organisation: organisation.id))
            let balance = reserve.balances.first { $0.asset == .dzar }
            let account = PayoutObjects.account(organisation, balance)
            return .json(status: 200, JSONValue.array([.object(account)]).bytes())
        },
        Operation(
            .get,
            "/members/{msisdn}/exists",
            id: "memberExists",
            "Whether a phone number belongs to a member",
            classes: .readers,
            answers: [200: Schema.answer(["exists": Schema.boolean])]
        ) { (call) async throws(APIFailure) in
            let phone = call.parameters["msisdn"]
            guard PayoutReader.isPhone(phone) else {
                throw .invalid([
                    .init(field: "msisdn", code: "invalid", message: "Msisdn invalid")
                ])
            }
            let known = try await call.ask(
                FindPhones(organisation: call.principal.organisation, phones: [phone])
            )
            return .object(["exists": .bool(!known.phones.isEmpty)])
        },
    ]

    private static func token(_ call: Call) throws(APIFailure) -> Response {
        var body = try BodyReader(call.request)
        let key = body.text("key", isRequired: true)
        let secret = body.text("secret", isRequired: true)
        try body.finish()
        guard let key, let secret else { throw .invalid(body.problems) }
        let credential = key.lowercased()
        let address = call.request.peerAddress
        try call.limiter.checkLogins(of: credential, from: address)
        let made = try Administration.run { () throws(StorageError) in
            try call.keys.makeToken(credential: credential, secret: secret)
        }
        guard let made else {
            try call.limiter.secretFailed(of: credential, from: address)
            return .object(["success": false], status: 401)
        }
        return .object([
            "success": true, "token": .string(made.text),
            "expiresAt": .string(made.expiresAt.milliseconds + "Z"),
        ])
    }
}
