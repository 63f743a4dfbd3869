import Contracts
import Crypto
import Destinations
import JSON
import Testing

@Suite("The standards' own test data") struct VectorTests {
    @Test func `every valid invoice is read with all its fields`() throws {
        let cases = try Vectors.list("bolt11", "valid")
        #expect(cases.count == 16)
        for item in cases {
            let decoded = try DestinationParser.decode(item.text("invoice"))
            guard case .invoice(let invoice) = decoded.content else {
                Issue.record("\(item.text("title")): no invoice")
                continue
            }
            let expected = item.object("decoded")
            let title = Comment(rawValue: item.text("title"))
            #expect(decoded.destination.kind == .bolt11, title)
            #expect(decoded.destination.value == item.text("invoice").lowercased(), title)
            #expect(invoice.network.invoicePrefix == expected.text("currency"), title)
            #expect(invoice.millisatoshis == expected.integer("amount_msat"), title)
            #expect(invoice.createdAt.rawValue / 1000 == expected.integer("timestamp"), title)
            #expect(Hex.text(of: invoice.paymentHash) == expected.text("payment_hash"), title)
            #expect(Hex.text(of: invoice.paymentSecret) == expected.text("payment_secret"), title)
            #expect(invoice.description == expected["description"]?.stringValue, title)
            let hash = invoice.descriptionHash.map { Hex.text(of: $0) }
            #expect(hash == expected["description_hash"]?.stringValue, title)
            #expect(invoice.expirySeconds == expected.integer("expiry"), title)
            #expect(invoice.finalExpiryDelta == expected.integer("min_final_cltv"), title)
            #expect(Hex.text(of: invoice.payee) == expected.text("payee"), title)
            let features = (expected["features"]?.arrayValue ?? []).compactMap { value in
                if case .number(let number) = value { number.integer.map { Int($0) } } else { nil }
            }
            #expect(invoice.features == features, title)
            let metadata = invoice.metadata.map { Hex.text(of: $0) }
            #expect(metadata == expected["metadata"]?.stringValue, title)
            for word in item.text("title").split(separator: " ") where isFallback(word) {
                #expect(invoice.fallbacks.map(\.text) == [String(word)], title)
            }
        }
    }

    private func isFallback(_ word: Substring) -> Bool {
        word.utf8.count > 25 && !word.hasPrefix("0") && !word.hasPrefix("@")
            && ["1", "3", "m", "b"].contains { word.hasPrefix($0) }
    }

    @Test func `routing hints are read step by step`() throws {
        let item = try #require(
            try Vectors.list("bolt11", "valid").first { $0.text("title").contains("029e03a901b8") }
        )
        let decoded = try DestinationParser.decode(item.text("invoice"))
        guard case .invoice(let invoice) = decoded.content else {
            Issue.record("no invoice")
            return
        }
        let key = "029e03a901b85534ff1e92c43c74431f7ce72046060fcf7a95c37e148f78c77255"
        let other = "039e03a901b85534ff1e92c43c74431f7ce72046060fcf7a95c37e148f78c77255"
        #expect(
            invoice.routes == [
                [
                    .init(
                        node: Hex.bytes(of: key) ?? [],
                        channel: 0x0102_0304_0506_0708,
                        baseFee: 1,
                        proportionalFee: 20,
                        expiryDelta: 3
                    ),
                    .init(
                        node: Hex.bytes(of: other) ?? [],
                        channel: 0x0304_0506_0708_090A,
                        baseFee: 2,
                        proportionalFee: 30,
                        expiryDelta: 4
                    ),
                ]
            ]
        )
    }

    @Test func `every invalid invoice is refused`() throws {
        let cases = try Vectors.list("bolt11", "invalid")
        #expect(cases.count == 10)
        for item in cases {
            #expect(throws: DestinationProblem.self, Comment(rawValue: item.text("title"))) {
                try DestinationParser.decode(item.text("invoice"))
            }
        }
    }

    @Test func `offers are joined, and refused when their format is wrong`() throws {
        let cases = try Vectors.file("bolt12-format").arrayValue ?? []
        #expect(cases.count == 12)
        for item in cases.compactMap(\.objectValue) {
            let decoded = try? DestinationParser.decode(item.text("string"))
            let isValid = decoded?.destination.kind == .bolt12Offer
            #expect(isValid == (item["valid"] == true), Comment(rawValue: item.text("comment")))
        }
    }

    @Test func `offers are read field by field, and refused as the standard says`() throws {
        let cases = (try Vectors.file("bolt12-offers").arrayValue ?? []).compactMap(\.objectValue)
        #expect(cases.count == 53)
        for item in cases {
            let title = Comment(rawValue: item.text("description"))
            let decoded = try? DestinationParser.decode(item.text("bolt12"))
            #expect((decoded != nil) == (item["valid"] == true), title)
            guard item["valid"] == true, case .offer(let offer)? = decoded?.content else {
                continue
            }
            let isForTests = item.text("description") == "for testnet"
            #expect(offer.isForBitcoin == !isForTests, title)
            for field in (item["fields"]?.arrayValue ?? []).compactMap(\.objectValue) {
                let value = Hex.bytes(of: field.text("hex")) ?? []
                let text = String(decoding: value, as: UTF8.self)
                let number = value.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                switch field.integer("type") {
                case 2: #expect(offer.chains.flatMap(\.self) == value, title)
                case 4: #expect(offer.metadata == value, title)
                case 6: #expect(offer.currency == text, title)
                case 8: #expect(offer.amount == number, title)
                case 10: #expect(offer.description == text, title)
                case 14:
                    #expect(offer.expiresAt?.rawValue == Int64(number) * 1000, title)
                case 16: #expect(offer.paths.flatMap(\.self) == value, title)
                case 18: #expect(offer.issuer == text, title)
                case 22: #expect(offer.issuerKey == value, title)
                default: break
                }
            }
        }
    }

    @Test(arguments: [("bech32", Bech32.Variant.bech32), ("bech32m", .bech32m)])
    func `checksums are right or refused`(section: String, variant: Bech32.Variant) throws {
        let part = try Vectors.file("bech32").objectValue?[section]?.objectValue ?? [:]
        let valid = (part["valid"]?.arrayValue ?? []).compactMap(\.stringValue)
        #expect(valid.count >= 7)
        for text in valid {
            let decoded = try Bech32(parsing: Array(text.utf8))
            #expect(decoded.variant == variant)
            #expect(decoded.text == text.lowercased())
        }
        let invalid = (part["invalid"]?.arrayValue ?? []).compactMap(\.objectValue)
        #expect(invalid.count >= 12)
        for item in invalid {
            let text = Array(item.text("string").utf8)
            let decoded = try? Bech32(parsing: text)
            #expect(decoded?.variant != variant, Comment(rawValue: item.text("reason")))
        }
    }

    @Test(arguments: ["bech32", "bech32m"])
    func `bitcoin addresses of the standards`(section: String) throws {
        let valid = try Vectors.list("bech32", section, "segwit_valid")
        #expect(valid.count >= 6)
        for item in valid {
            let decoded = try? DestinationParser.decode(item.text("address"))
            // BIP 350 replaced the checksums of later versions that BIP 173 lists.
            if section == "bech32", !item.text("scriptPubKey").hasPrefix("00") {
                #expect(decoded == nil, Comment(rawValue: item.text("address")))
                continue
            }
            guard case .bitcoin(let address)? = decoded?.content else {
                Issue.record("\(item.text("address")): no bitcoin address")
                continue
            }
            #expect(Hex.text(of: address.script) == item.text("scriptPubKey"))
            #expect(address.text == item.text("address").lowercased())
        }
        let invalid = try Vectors.list("bech32", section, "segwit_invalid")
        #expect(invalid.count >= 10)
        for item in invalid {
            let decoded = try? DestinationParser.decode(item.text("string"))
            #expect(decoded?.destination.kind != .bitcoin, Comment(rawValue: item.text("reason")))
        }
    }

    @Test func `Ark addresses of both versions`() throws {
        let valid = try Vectors.list("ark-addresses", "valid")
        #expect(valid.count == 7)
        for item in valid {
            let decoded = try DestinationParser.decode(item.text("address"))
            guard case .ark(let address) = decoded.content else {
                Issue.record("\(item.text("address")): no Ark address")
                continue
            }
            let expected = item.object("decoded")
            #expect(address.isTest == (expected["testnet"] == true))
            #expect(address.text == item.text("address").lowercased())
            switch address.content {
            case .arkade(let signer, let output):
                #expect(expected.text("kind") == "arkade")
                #expect(Hex.text(of: signer) == expected.text("signer_xonly"))
                #expect(Hex.text(of: output) == expected.text("vtxo_tapkey_xonly"))
            case .bark(let server, let owner, let deliveries):
                #expect(expected.text("kind") == "bark")
                #expect(Hex.text(of: server) == expected.text("ark_id"))
                #expect(Hex.text(of: owner) == expected.text("user_pubkey"))
                if let key = item["server_pubkey"]?.stringValue {
                    #expect(ArkAddress.server(publicKey: Hex.bytes(of: key) ?? []) == server)
                }
                let listed = (expected["delivery"]?.arrayValue ?? []).compactMap(\.objectValue)
                #expect(deliveries.map { Int64($0.type) } == listed.map { $0.integer("type") })
                #expect(deliveries.map { Hex.text(of: $0.data) } == listed.map { $0.text("data") })
            }
        }
        let invalid = try Vectors.list("ark-addresses", "invalid")
        #expect(invalid.count == 9)
        for item in invalid {
            let decoded = try? DestinationParser.decode(item.text("string"))
            let isRead = decoded?.destination.kind == .ark
            #expect(
                isRead == item.text("expect").hasPrefix("parse ok"),
                Comment(rawValue: item.text("why"))
            )
        }
    }

    @Test func `LNURLs and Lightning addresses`() throws {
        for item in try Vectors.list("lnurl-lightning-address", "lnurl_bech32") {
            let decoded = try DestinationParser.decode(item.text("lnurl"))
            #expect(decoded.destination.kind == .lnurl)
            #expect(decoded.content == .paymentURL(item.text("url")))
        }
        for item in try Vectors.list("lnurl-lightning-address", "lightning_address_url") {
            let decoded = try DestinationParser.decode(item.text("address"))
            #expect(decoded.destination.kind == .lightningAddress)
            #expect(decoded.content == .paymentURL(item.text("url")))
        }
        for item in try Vectors.list("lnurl-lightning-address", "lightning_address_invalid") {
            let decoded = try? DestinationParser.decode(item.text("s"))
            #expect(decoded?.destination.kind != .lightningAddress)
        }
    }

    @Test func `Solana addresses`() throws {
        for item in try Vectors.list("solana-addresses", "valid") {
            let decoded = try DestinationParser.decode(item.text("address"))
            let bytes = Hex.bytes(of: item.text("hex")) ?? []
            #expect(decoded.destination == Destination(kind: .solana, value: item.text("address")))
            #expect(decoded.content == .solana(bytes))
        }
        for item in try Vectors.list("solana-addresses", "invalid") {
            let decoded = try? DestinationParser.decode(item.text("s"))
            #expect(decoded?.destination.kind != .solana, Comment(rawValue: item.text("why")))
        }
        let derived = try Vectors.list("solana-addresses", "pda")
        #expect(derived.count == 4)
        for item in derived {
            let bytes = try #require(Base58.bytes(of: item.text("address")))
            #expect(!Ed25519Point.isOnCurve(bytes), "a program's address is off the curve")
        }
        #expect(Ed25519Point.isOnCurve(SigningKey(seed: Array(repeating: 7, count: 32)).publicKey))
    }

    @Test func `phone numbers`() throws {
        for item in try Vectors.list("msisdn", "cases") {
            let written = item.text("msisdn")
            let decoded = try? DestinationParser.decode(written)
            // A plus is accepted and dropped.
            let text = written.hasPrefix("+") ? String(written.dropFirst()) : written
            let isSouthAfrican = text.hasPrefix("27")
            let isMobile =
                text.utf8.count == 11 && ["6", "7", "8"].contains(text.dropFirst(2).prefix(1))
            let isStrict = item["strict_form_ok"] == true || written != text
            let isPhone = isStrict && (!isSouthAfrican || isMobile)
            #expect((decoded?.destination.kind == .phone) == isPhone, Comment(rawValue: written))
            if isPhone { #expect(decoded?.destination.value == text) }
        }
    }
}
