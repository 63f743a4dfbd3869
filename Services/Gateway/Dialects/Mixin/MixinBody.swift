import Contracts
import GatewayCore
import HTTP
import JSON
import Messaging

/// Reads the body of one of Mixin's requests: unknown fields and nulls are ignored, and the first
/// field that is wrong is told.
struct MixinBody {
    /// A group that is named in a request.
    struct Group {
        var receivers: [String]
        var threshold: Int

        /// The distinct receivers in order: the members.
        var members: [String] { Set(receivers).sorted() }

        /// The one member of a group of one.
        var single: String? { members.count == 1 ? members[0] : nil }
    }

    private let object: JSONObject

    init(_ request: HTTP.Request) throws(APIFailure) {
        guard request.mediaType == "application/json" else {
            throw .wrongMediaType
        }
        guard let value = try? request.json(), let object = value.objectValue
        else {
            throw APIFailure(400, "invalid_request", "The request body can't be parsed as JSON.")
        }
        self.object = object
    }

    static func invalid(_ field: String, _ reason: String) -> APIFailure {
        .invalid([.init(field: field, code: "invalid", message: reason)])
    }

    /// A field that is there and not null.
    private func value(_ name: String) -> JSONValue? { Self.value(name, in: object) }

    private static func value(_ name: String, in object: JSONObject) -> JSONValue? {
        guard let value = object[name], value != .null else { return nil }
        return value
    }

    /// A text; an empty one is as good as none.
    func text(_ name: String, maximum: Int = 200) throws(APIFailure) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue else {
            throw Self.invalid(name, "It must be a string.")
        }
        guard BodyReader.isText(text, 0...maximum) else {
            throw Self.invalid(name, "It has more than \(maximum) characters, or control ones.")
        }
        return text.isEmpty ? nil : text
    }

    /// A UUID, in lower case.
    func uuid(_ name: String) throws(APIFailure) -> String? {
        guard let text = try text(name, maximum: 64)?.lowercased() else { return nil }
        guard UUIDText.isValid(text) else { throw Self.invalid(name, "It must be a UUID.") }
        return text
    }

    /// The trace of what a request makes: the one that it names, or one of its idempotency key or
    /// of its session's token; without any, a new one.
    func trace(of call: Call, _ principal: Principal) throws(APIFailure) -> String {
        let key = try key(of: call)
        if let given = try uuid("trace_id") { return given }
        return key.map { call.uuid(route: "mixin", key: $0, of: principal) }
            ?? principal.trace ?? UUIDText.text(of: call.environment.randomBytes(16))
    }

    /// The key that the request's header gives it.
    func key(of call: Call) throws(APIFailure) -> String? {
        let keys = call.request.headers.values(of: "Idempotency-Key")
        guard keys.count <= 1, keys.allSatisfy(BodyReader.isKey(header:)) else {
            throw Self.invalid("Idempotency-Key", BodyReader.headerRule)
        }
        return keys.first
    }

    func memo() throws(APIFailure) -> String { try text("memo") ?? "" }

    /// The asset and the amount.
    func amount() throws(APIFailure) -> (money: Money, text: String) {
        guard let id = try uuid("asset_id") else {
            throw Self.invalid("asset_id", "It is required.")
        }
        guard let asset = MixinAsset.asset(id) else {
            throw Self.invalid("asset_id", "It is no asset of this platform.")
        }
        guard let text = try text("amount", maximum: DecimalText.maximumLength) else {
            throw Self.invalid("amount", "It is required.")
        }
        do throws(AmountProblem) {
            // The form is Mixin's, of at most 8 places, before it is the asset's.
            _ = try DecimalText.minorUnits(of: text, places: 8)
        } catch {
            switch error {
            case .malformed: throw Self.invalid("amount", "It must be a decimal such as 0.01.")
            case .tooManyPlaces: throw Self.invalid("amount", "It has more than 8 places.")
            // How much is too much is the asset's to say.
            case .tooLarge: break
            case .zero: throw Self.invalid("amount", "It must be more than zero.")
            }
        }
        do throws(AmountProblem) {
            let minorUnits = try DecimalText.minorUnits(of: text, places: asset.places)
            return (
                Money(minorUnits: minorUnits, asset: asset),
                DecimalText.atLeastTwoPlaces(text)
            )
        } catch {
            throw error == .tooLarge
                ? Self.invalid("amount", "It is too large.")
                : MixinCode.failure(
                    MixinCode.tooSmall,
                    "The amount is finer than \(asset.places) places."
                )
        }
    }

    /// The group; an empty object or an empty list is as good as none.
    func group() throws(APIFailure) -> Group? {
        let name = "opponent_multisig"
        guard let value = value(name) else { return nil }
        guard let object = value.objectValue else {
            throw Self.invalid(name, "It must be an object.")
        }
        guard let list = Self.value("receivers", in: object) else { return nil }
        guard let items = list.arrayValue else {
            throw Self.invalid("receivers", "It must be an array of UUIDs.")
        }
        if items.isEmpty { return nil }
        let receivers = items.compactMap { $0.stringValue?.lowercased() }
        guard receivers.count == items.count, receivers.count <= 256,
            receivers.allSatisfy(UUIDText.isValid)
        else { throw Self.invalid("receivers", "It must be 1 to 256 UUIDs.") }
        let count = Set(receivers).count
        guard let threshold = object["threshold"]?.integerValue,
            (1...Int64(count)).contains(threshold)
        else { throw Self.invalid("threshold", "It must be 1 to \(count).") }
        return Group(receivers: receivers, threshold: Int(threshold))
    }
}

extension Timestamp {
    /// The text in UTC with milliseconds.
    var mixinText: String { milliseconds + "Z" }
}
