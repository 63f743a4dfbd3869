import Contracts
import GatewayCore
import JSON

/// What a policy says, as a body.
enum PolicyBody {
    /// Reads terms: new ones, or those of a policy with what the body changes; null clears.
    static func terms(_ body: inout BodyReader, from old: PolicyTerms?) -> PolicyTerms? {
        let name = body.text("name", isRequired: old == nil) ?? old?.name
        if body.isNull("name"), old != nil { body.note("name", "required", "It cannot be null.") }
        let currency = body.asset("currency") ?? old?.currency ?? .usdc
        var terms = old ?? PolicyTerms(name: name ?? "", currency: currency)
        terms.name = name ?? ""
        var own = terms.limits.first { $0.asset == currency } ?? AssetLimits(asset: currency)
        read(&own, &body)
        let others = readOthers(&body, beside: currency, old: terms.limits)
        terms.currency = currency
        terms.limits = (isEmpty(own) ? [] : [own]) + others
        if let cap = body.integer("velocityCap", 1...1_000_000) { terms.velocityCap = Int(cap) }
        if body.isNull("velocityCap") { terms.velocityCap = nil }
        if let list = body.texts("allowedRecipients", count: 1000) {
            terms.allowedRecipients = list
        }
        if body.isNull("allowedRecipients") { terms.allowedRecipients = [] }
        if let list = body.texts("blockedRecipients", count: 1000) {
            terms.blockedRecipients = list
        }
        if body.isNull("blockedRecipients") { terms.blockedRecipients = [] }
        if let list = body.texts("blockedCategories", count: 100, 1...64) {
            terms.blockedCategories = list
        }
        if body.isNull("blockedCategories") { terms.blockedCategories = [] }
        readAssets(&terms, &body)
        if let expiry = body.timestamp("expiry") { terms.expiry = expiry }
        if body.isNull("expiry") { terms.expiry = nil }
        return body.problems.isEmpty ? terms : nil
    }

    private static func readAssets(_ terms: inout PolicyTerms, _ body: inout BodyReader) {
        if let codes = body.texts("assets", count: Asset.all.count) {
            let assets = codes.compactMap { Asset(rawValue: $0) }
            if assets.count != codes.count || Set(assets).count != assets.count {
                body.note(
                    "assets",
                    "unknown_asset",
                    "They must be of \(Schema.assetCodes), once each."
                )
            }
            terms.assets = assets
        }
        if body.isNull("assets") { terms.assets = nil }
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

    /// The limits of other assets: `limits` replaces them all.
    private static func readOthers(
        _ body: inout BodyReader,
        beside currency: Asset,
        old: [AssetLimits]
    ) -> [AssetLimits] {
        guard let value = body.value("limits") else {
            return body.isNull("limits") ? [] : old.filter { $0.asset != currency }
        }
        guard let object = value.objectValue else {
            body.note("limits", "wrong_type", "It must be an object: asset to limits.")
            return []
        }
        var others: [AssetLimits] = []
        for member in object.members {
            guard let asset = Asset(rawValue: member.key), let inner = member.value.objectValue,
                asset != currency || object.members.isEmpty
            else {
                body.note(
                    "limits." + member.key,
                    "invalid",
                    "It must be limits of an asset other than the policy's currency."
                )
                continue
            }
            var reader = BodyReader(inner, in: body)
            var limits = AssetLimits(asset: asset)
            read(&limits, &reader)
            reader.noteUnknown()
            for problem in reader.problems {
                body.note("limits.\(member.key).\(problem.field)", problem.code, problem.message)
            }
            if !isEmpty(limits) { others.append(limits) }
        }
        return others.sorted { $0.asset < $1.asset }
    }
}
