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
        let hop = Invoice.Hop(
            node: key.publicKey,
            channel: .max - 1,
            baseFee: .max,
            proportionalFee: 1 << 24,
            expiryDelta: 1 << 8
        )
        invoice.routes = [[hop], Array(repeating: hop, count: 12)]
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

    /// The text of an invoice whose expiry is written as these five-bit values.
    private func text(expiry values: [UInt8], createdAt seconds: Int64) throws -> String {
        var invoice = Invoice(
            network: .bitcoin,
            millisatoshis: 1_000_000,
            createdAt: Timestamp(milliseconds: seconds * 1000),
            paymentHash: Array(repeating: 1, count: 32),
            paymentSecret: Array(repeating: 2, count: 32),
            description: "",
            payee: key.publicKey
        )
        invoice.expirySeconds = 1
        let written = try Bech32(parsing: Array(invoice.text(signedBy: key).utf8), limit: nil)
        let field: [UInt8] = [6, 0, 1, 1]
        var content = Array(written.values.dropLast(104))
        let place = try #require(
            content.indices.first { content[$0...].starts(with: field) }
        )
        let size = [UInt8(values.count >> 5), UInt8(values.count & 31)]
        content.replaceSubrange(place..<place + 4, with: [6] + size + values)
        // Every bit is signed: what a last byte lacks is filled with zeros.
        var padded = content
        while padded.count * 5 % 8 > 4 || !(padded.count * 5).isMultiple(of: 8) { padded.append(0) }
        let bytes = FiveBits.wholeBytes(of: padded).prefix((content.count * 5 + 7) / 8)
        let signature = key.signature(of: SHA256.digest(of: Array(written.prefix.utf8) + bytes))
        return Bech32(
            prefix: written.prefix,
            values: content + FiveBits.values(of: signature.bytes + [signature.recovery]),
            variant: .bech32
        ).text
    }

    /// R8: an expiry that no number holds is a late one; it neither ends the process nor is short.
    @Test(
        arguments: [
            ([], 0), ([0], 0), ([1], 1), ([2] + Array(repeating: 0, count: 12), 1 << 61),
            ([4] + Array(repeating: 0, count: 12), .max),
            ([16] + Array(repeating: 0, count: 12), .max), (Array(repeating: 31, count: 40), .max),
            (Array(repeating: 31, count: 1000), .max),
        ] as [([UInt8], Int64)],
        [0, 1_700_000_000, 1 << 35 - 1]
    )
    func `R8: an expiry of any size is read`(
        expiry: (values: [UInt8], seconds: Int64),
        at: Int64
    )
        throws
    {
        let text = try text(expiry: expiry.values, createdAt: at)
        guard case .invoice(let invoice) = try DestinationParser.decode(text).content else {
            Issue.record("it is no invoice")
            return
        }
        #expect(invoice.payee == key.publicKey && invoice.createdAt.rawValue == at * 1000)
        #expect(invoice.expirySeconds == expiry.seconds)
        let least = invoice.createdAt.advanced(byMilliseconds: min(expiry.seconds, 1 << 40))
        #expect(invoice.expiresAt >= least)
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
