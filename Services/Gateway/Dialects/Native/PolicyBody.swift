import Contracts
import GatewayCore
import JSON

/// What a policy says, as a body.
enum PolicyBody {
    /// Reads terms: new ones, or those of a policy with what the body changes; null clears.
    static func terms(_ body: inout BodyReader, from old: PolicyTerms?) -> PolicyTerms? {
        let name = body.text("name", isRequired: old == nil) ?? old?.name
        if body.isNull("name"), old != nil { body.note("name", "required", "It cannot be null.") }
        let assets = readAssets(&body)
        let currency = body.asset("currency") ?? old?.currency ?? .usdc
        var terms = old ?? PolicyTerms(name: name ?? "", currency: currency)
        terms.name = name ?? ""
        var own = terms.limits.first { $0.asset == currency } ?? AssetLimits(asset: currency)
        read(&own, &body)
        var others = readOthers(&body, own: own, old: terms.limits)
        var isNamed = false
        if let index = others.firstIndex(where: { $0.asset == currency }) {
            own = others.remove(at: index)
            isNamed = true
        }
        terms.currency = currency
        terms.limits = (isEmpty(own) && !isNamed ? [] : [own]) + others
        if let cap = body.integer("velocityCap", 1...1_000_000) { terms.velocityCap = Int(cap) }
        if body.isNull("velocityCap") { terms.velocityCap = nil }
        if let list = body.recipients("allowedRecipients") { terms.allowedRecipients = list }
        if body.isNull("allowedRecipients") { terms.allowedRecipients = [] }
        if let list = body.recipients("blockedRecipients") { terms.blockedRecipients = list }
        if body.isNull("blockedRecipients") { terms.blockedRecipients = [] }
        if let list = body.categories("blockedCategories") { terms.blockedCategories = list }
        if body.isNull("blockedCategories") { terms.blockedCategories = [] }
        if let assets { terms.assets = assets }
        if body.isNull("assets") { terms.assets = nil }
        if let expiry = body.timestamp("expiry") { terms.expiry = expiry }
        if body.isNull("expiry") { terms.expiry = nil }
        return body.problems.isEmpty ? terms : nil
    }

    private static func readAssets(_ body: inout BodyReader) -> [Asset]? {
        guard let codes = body.texts("assets", count: Asset.all.count) else { return nil }
        let assets = codes.compactMap { Asset(rawValue: $0) }
        if assets.count != codes.count || Set(assets).count != assets.count {
            body.note(
                "assets",
                "unknown_asset",
                "They must be of \(Schema.assetCodes), once each."
            )
        }
        return assets
    }

    private static var members: [(name: String, limit: KeyPath<AssetLimits, MinorUnits?>)] {
        [
            ("maxPerTx", \.maxPerTx), ("maxPerDay", \.maxPerDay), ("maxPerMonth", \.maxPerMonth),
            ("requireCoSign", \.requireCoSign),
        ]
    }

    /// Notes what `limits` says of the policy's own currency that contradicts what stands beside
    /// `limits`; null there and a limit here is a contradiction too.
    private static func compare(
        _ named: AssetLimits,
        _ reader: BodyReader,
        with own: AssetLimits,
        _ body: inout BodyReader
    ) {
        for member in members where body.contains(member.name) && reader.contains(member.name) {
            guard named[keyPath: member.limit] != own[keyPath: member.limit] else { continue }
            body.note(
                "limits.\(own.asset.rawValue).\(member.name)",
                "invalid",
                "It contradicts \(member.name) of the policy itself."
            )
        }
    }

    private static func isEmpty(_ limits: AssetLimits) -> Bool {
        limits == AssetLimits(asset: limits.asset)
    }

    private static func read(_ limits: inout AssetLimits, _ body: inout BodyReader) {
        func read(_ name: String, _ old: MinorUnits?) -> MinorUnits? {
            if body.isNull(name) {
                _ = body.value(name)
                return nil
            }
            return body.limit(name, in: limits.asset)?.minorUnits ?? old
        }
        limits.maxPerTx = read("maxPerTx", limits.maxPerTx)
        limits.maxPerDay = read("maxPerDay", limits.maxPerDay)
        limits.maxPerMonth = read("maxPerMonth", limits.maxPerMonth)
        limits.requireCoSign = read("requireCoSign", limits.requireCoSign)
    }

    /// The limits by asset: `limits` replaces those of all other assets, and changes those of the
    /// policy's own currency.
    private static func readOthers(
        _ body: inout BodyReader,
        own: AssetLimits,
        old: [AssetLimits]
    ) -> [AssetLimits] {
        guard let value = body.value("limits") else {
            return body.isNull("limits") ? [] : old.filter { $0.asset != own.asset }
        }
        guard let object = value.objectValue else {
            body.note("limits", "wrong_type", "It must be an object: asset to limits.")
            return []
        }
        var others: [AssetLimits] = []
        for member in object.members {
            guard let asset = Asset(rawValue: member.key), let inner = member.value.objectValue
            else {
                body.note(
                    "limits." + member.key,
                    "invalid",
                    "It must be limits of one of \(Schema.assetCodes)."
                )
                continue
            }
            var reader = BodyReader(inner, in: body)
            var limits = asset == own.asset ? own : AssetLimits(asset: asset)
            read(&limits, &reader)
            if asset == own.asset { compare(limits, reader, with: own, &body) }
            reader.noteUnknown()
            for problem in reader.problems {
                body.note("limits.\(member.key).\(problem.field)", problem.code, problem.message)
            }
            // An asset without a limit is named, and so can be paid.
            others.append(limits)
        }
        return others.sorted { $0.asset < $1.asset }
    }
}
