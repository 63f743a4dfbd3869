import Contracts
import Crypto
import JSON

extension Town {
    /// A random UUID.
    func uuid() -> String {
        let hex = Hex.text(of: simulation.draw { $0.bytes(16) })
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
            String(hex.dropFirst(range.lowerBound).prefix(range.count))
        }
        return parts.joined(separator: "-")
    }

    /// Somebody with all kinds of names.
    func persona(_ number: Int, category: String? = nil) async -> Persona {
        let persona = Persona(await open(), number: number, category: category, user: uuid())
        await persona.register(by: admin)
        return persona
    }

    /// Moves money of any asset from the reserve to a wallet; a model is kept of the wallet's own.
    func endow(_ account: Account, _ amount: Int64, _ asset: Asset) async {
        let movement = auditor.begin(
            amount,
            from: reserve(of: asset),
            to: asset == account.asset ? account.pot : nil
        )
        let answer = await admin.post(
            "/v1/wallets/\(account.wallet)/fund",
            [
                "amount": .string(Self.text(amount, asset)), "currency": .string(asset.rawValue),
            ],
            key: simulation.nextName("fund")
        )
        auditor.expect(answer.status == 200, "an endowment was answered \(answer)")
        auditor.end(movement, isDone: answer.status == 200)
    }
}
