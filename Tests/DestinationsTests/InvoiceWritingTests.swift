import Contracts
import Crypto
import Destinations
import Testing

@Suite("Invoices that the platform writes") struct InvoiceWritingTests {
    private let key = NodeKey(seed: Array(repeating: 9, count: 32), purpose: "test")

    @Test(
        arguments: [
            nil, 1, 10, 999, 1000, 25_000, 100_000, 123_456_789, 100_000_000_000,
            2_100_000_000_000_000,
        ] as [Int64?]
    )
    func `an amount is written and read back`(millisatoshis: Int64?) throws {
        var invoice = Invoice(
            network: .bitcoin,
            millisatoshis: millisatoshis,
            createdAt: Timestamp(milliseconds: 1_700_000_000_000),
            paymentHash: Array(repeating: 1, count: 32),
            paymentSecret: Array(repeating: 2, count: 32),
            description: "ein Täßchen",
            payee: key.publicKey
        )
        invoice.expirySeconds = 600
        let text = invoice.text(signedBy: key)
        let decoded = try DestinationParser.decode(text)
        invoice.features = [8, 14]
        #expect(decoded.content == .invoice(invoice))
        #expect(decoded.destination.value == text)
    }

    @Test func `a changed character never leaves the payee the same`() throws {
        let invoice = Invoice(
            network: .bitcoin,
            millisatoshis: 1_000_000,
            createdAt: Timestamp(milliseconds: 1_700_000_000_000),
            paymentHash: Array(repeating: 1, count: 32),
            paymentSecret: Array(repeating: 2, count: 32),
            description: "",
            payee: key.publicKey
        )
        let decoded = try Bech32(parsing: Array(invoice.text(signedBy: key).utf8), limit: nil)
        for place in decoded.values.indices {
            var changed = decoded
            changed.values[place] ^= 1
            guard case .invoice(let read)? = try? DestinationParser.decode(changed.text).content
            else { continue }
            #expect(read.payee != key.publicKey || read == invoice, "place \(place)")
        }
    }

    @Test func `an amount pays an invoice from once to twice what it asks for`() {
        var invoice = Invoice(
            network: .bitcoin,
            millisatoshis: 1001,
            createdAt: Timestamp(milliseconds: 0),
            paymentHash: [],
            paymentSecret: [],
            description: nil,
            payee: []
        )
        #expect(invoice.satoshis == 2)
        #expect(!invoice.isPaid(by: 1))
        #expect(invoice.isPaid(by: 2))
        #expect(invoice.isPaid(by: 4))
        #expect(!invoice.isPaid(by: 5))
        invoice.millisatoshis = nil
        #expect(invoice.isPaid(by: 1))
        #expect(!invoice.isPaid(by: 0))
    }
}
