import Contracts
import Crypto
import HTTP
import JSON

/// The calls of the demo, each printed, made and checked.
struct Tour {
    private let client: APIClient
    private let state: StateFolder
    private let console: Console

    /// Makes the names of this run unlike those of any other.
    private let suffix = String(Base32.text(of: SecureRandom.bytes(16)).suffix(8))

    private var step = 0

    init(connection: Connection, state: StateFolder, console: Console) {
        client = connection.client
        self.state = state
        self.console = console
    }

    /// Goes through all steps.
    ///
    /// - Throws: `.failed` at the first answer that is not what it should be.
    mutating func run() throws(Failure) {
        console.print(console.faint("The calls below take the key from $PURSE_KEY:"))
        console.print(
            #"export PURSE_KEY="$(sed -n 's/.*"admin_key":"\([^"]*\)".*/\1/p' '"#
                + state.access + #"')""#
        )
        let policy = try makePolicy()
        let buyer = try makeWallet("buyer", "The agent that buys", policy: policy)
        let seller = try makeWallet("seller", "The service that is paid", policy: "pol_open")
        let domain = try register(seller)
        try fund(buyer)
        try pay(domain, from: buyer)
        try payTooMuch(domain, from: buyer)
        try showBalance(of: buyer, "17.50")
        try showBalance(of: seller, "2.50")
    }

    private mutating func makePolicy() throws(Failure) -> String {
        let answer = try call(
            "A policy: at most 5 USDC per payment, 50 in 24 hours, 100 payments in an hour",
            .post,
            "/v1/policies",
            [
                "name": .string("Demo \(suffix)"), "maxPerTx": "5.00", "maxPerDay": "50.00",
                "velocityCap": 100,
            ]
        )
        return try text("policy_id", of: try expect(200, answer))
    }

    private mutating func makeWallet(
        _ role: String,
        _ label: String,
        policy: String
    ) throws(Failure) -> String {
        let answer = try call(
            "A wallet: \(label.lowercased())",
            .post,
            "/v1/wallets",
            [
                "agentId": .string("demo-\(role)-\(suffix)"), "label": .string(label),
                "policyId": .string(policy),
            ]
        )
        return try text("wallet_id", of: try expect(200, answer))
    }

    /// Gives the seller a domain, so that the agent can pay a name.
    private mutating func register(_ wallet: String) throws(Failure) -> String {
        for domain in ["api.perplexity.ai", "api-\(suffix).example.com"] {
            let answer = try call(
                "The directory: \(domain) is that service",
                .post,
                "/v1/wallets/\(wallet)/destinations",
                ["type": "domain", "value": .string(domain)]
            )
            if answer.status == 409 {
                console.print(console.faint("It is taken by an earlier demo; another name, then."))
                continue
            }
            _ = try expect(200, answer)
            return domain
        }
        throw Failure(.failed, "no domain is free for the demo")
    }

    private mutating func fund(_ wallet: String) throws(Failure) {
        let deposit = try call(
            "Money arrives in the organisation's reserve; the reference makes it happen once",
            .post,
            "/v1/reserve/deposits",
            ["amount": "100.00", "currency": "USDC", "reference": .string("demo-\(suffix)")]
        )
        _ = try expect(200, deposit)
        let funding = try call(
            "The agent gets 20 USDC of it",
            .post,
            "/v1/wallets/\(wallet)/fund",
            ["amount": "20.00", "currency": "USDC"]
        )
        _ = try expect(200, funding)
    }

    private mutating func pay(_ domain: String, from wallet: String) throws(Failure) {
        let order: JSONValue = [
            "walletId": .string(wallet), "to": .string(domain), "amount": "2.50",
            "currency": "USDC", "memo": "Query batch #8821",
            "idempotencyKey": .string("demo_\(suffix)"),
        ]
        let first = try call("The agent pays", .post, "/v1/payments", order)
        let payment = try expect(200, first)
        try demand(payment["status"]?.stringValue == "confirmed", "the payment is not confirmed")
        let second = try call(
            "The same key again: the same payment, and no money moves",
            .post,
            "/v1/payments",
            order
        )
        let replay = try expect(200, second)
        try demand(replay["tx_id"] == payment["tx_id"], "the repeat made another payment")
        try demand(
            second.headers["Idempotent-Replayed"] == "true",
            "the repeat is not marked as one"
        )
    }

    private mutating func payTooMuch(_ domain: String, from wallet: String) throws(Failure) {
        let answer = try call(
            "More than the policy allows: 402, and it says which rule",
            .post,
            "/v1/payments",
            [
                "walletId": .string(wallet), "to": .string(domain), "amount": "12.00",
                "currency": "USDC",
            ]
        )
        try demand(answer.status == 402, "the answer is \(answer.status), not 402")
        let rule = answer.json?["error"]?["violation"]?["rule"]?.stringValue
        try demand(rule == "max_per_tx", "the rule is not max_per_tx")
    }

    private mutating func showBalance(of wallet: String, _ expected: String) throws(Failure) {
        let answer = try call("What is left", .get, "/v1/wallets/\(wallet)", nil)
        let balance = try expect(200, answer)["usdc_balance"]?.stringValue
        try demand(balance == expected, "the balance is \(balance ?? "missing"), not \(expected)")
    }

    // MARK: Calls

    /// Prints a call as a curl, makes it, and prints the answer.
    private mutating func call(
        _ title: String,
        _ method: Method,
        _ path: String,
        _ body: JSONValue?
    ) throws(Failure) -> Answer {
        step += 1
        console.print()
        console.print(console.bold("# \(step). \(title)"))
        var words = ["curl -sS"]
        if method != .get { words[0] += " -X \(method.text)" }
        words[0] += " \(client.url)\(path)"
        words.append(#"-H "Authorization: Bearer $PURSE_KEY""#)
        if let body {
            words.append("-H 'Content-Type: application/json'")
            words.append("-d '\(body)'")
        }
        console.print(words.joined(separator: " \\\n  "))
        let answer = try client.send(method, path, body: body)
        let isReplay = answer.headers["Idempotent-Replayed"] == "true"
        console.print(
            console.faint("HTTP \(answer.status)" + (isReplay ? ", Idempotent-Replayed: true" : ""))
        )
        console.print(answer.prettyBody)
        return answer
    }

    private func expect(_ status: Int, _ answer: Answer) throws(Failure) -> JSONValue {
        try demand(answer.status == status, "the answer is \(answer.status), not \(status)")
        guard let json = answer.json else { throw Failure(.failed, "the answer is no JSON") }
        return json
    }

    private func text(_ key: String, of value: JSONValue) throws(Failure) -> String {
        guard let text = value[key]?.stringValue else {
            throw Failure(.failed, "step \(step): the answer has no \(key)")
        }
        return text
    }

    private func demand(_ condition: Bool, _ words: String) throws(Failure) {
        guard condition else { throw Failure(.failed, "step \(step): \(words)") }
    }
}
