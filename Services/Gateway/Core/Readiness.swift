import Contracts
public import JSON
public import Messaging

/// Whether everything that the gateway needs for its work answers: its own database and the four
/// services, each of which is asked for something small once in a while.
///
/// It belongs to the loop's thread.
public final class Readiness: @unchecked Sendable {
    // Its tasks run on the loop's thread only, like everything of the gateway.

    /// The time after which a part that was asked and has not answered counts as silent.
    public static let patienceMilliseconds: Int64 = 1400

    private static let pauseMilliseconds: Int64 = 400
    private static let impatienceMilliseconds: Int64 = 100

    /// The longest time between two turns of a loop that runs.
    private static let turnMilliseconds: Int64 = 500

    private struct Part {
        var hasAnswered = false
        var askedAt: Int64 = 0
        var askAt: Int64 = 0
        var isAsking = false
    }

    /// Nobody's organisation and escrow: to ask for them costs a look into an index.
    private static let organisation = Organisation.ID("org_readiness")
    private static let escrow = Escrow.ID("escrow_readiness")

    private let services: any ServiceClient
    private let keys: KeyStore
    private let start: (@escaping @Sendable () async -> Void) -> Void
    private var parts = Dictionary(uniqueKeysWithValues: ServiceName.allCases.map { ($0, Part()) })
    private var now: Int64 = 0
    private var lastStates: UInt8?

    /// Creates a watch that has seen nothing.
    ///
    /// - Parameters:
    ///   - services: The services.
    ///   - keys: The gateway's own database.
    ///   - start: Runs something on the loop's thread.
    public init(
        services: any ServiceClient,
        keys: KeyStore,
        start: @escaping (@escaping @Sendable () async -> Void) -> Void
    ) {
        self.services = services
        self.keys = keys
        self.start = start
    }

    /// Whether all parts have answered lately.
    public var isReady: Bool {
        ServiceName.allCases.allSatisfy { isReady($0) }
    }

    /// The state of all parts, for operators.
    public var report: JSONValue {
        let states = ServiceName.allCases.map { service -> (String, JSONValue) in
            (service.rawValue, isReady(service) ? "ready" : "silent")
        }
        return [
            "status": isReady ? "ready" : "not ready",
            "services": .object(JSONObject(states.map { JSONObject.Member(key: $0, value: $1) })),
        ]
    }

    /// Whether another part has become ready or silent since this was asked last.
    public func hasChanged() -> Bool {
        var states: UInt8 = 0
        for service in ServiceName.allCases {
            states = states << 1 | (isReady(service) ? 1 : 0)
        }
        defer { lastStates = states }
        return states != lastStates
    }

    /// Asks whom it is time to ask.
    public func tick(at milliseconds: Int64) {
        let pause = milliseconds - now
        now = milliseconds
        for service in ServiceName.allCases {
            // While the gateway itself did not run, nobody could answer it.
            if pause > Self.turnMilliseconds { parts[service]?.askedAt += pause }
            guard let part = parts[service], !part.isAsking, part.askAt <= now else { continue }
            parts[service]?.isAsking = true
            parts[service]?.askedAt = now
            start { await self.ask(service) }
        }
    }

    private func isReady(_ service: ServiceName) -> Bool {
        guard let part = parts[service], part.hasAnswered else { return false }
        return !part.isAsking || now - part.askedAt < Self.patienceMilliseconds
    }

    private func ask(_ service: ServiceName) async {
        let answers: Bool
        do throws(AskFailure) {
            try await question(service)
            answers = true
        } catch {
            answers = Self.isAnswer(error)
        }
        let pause = answers ? Self.pauseMilliseconds : Self.impatienceMilliseconds
        parts[service] = Part(hasAnswered: answers, askAt: now + pause)
    }

    private func question(_ service: ServiceName) async throws(AskFailure) {
        switch service {
        case .gateway:
            do {
                _ = try keys.organisation(Self.organisation)
            } catch {
                throw .overloaded
            }
        case .policy:
            _ = try await services.ask(
                GetPolicy(organisation: Self.organisation, policy: Policy.ID("pol_open"))
            )
        case .settlement:
            _ = try await services.ask(GetReserve(organisation: Self.organisation))
        case .escrow:
            _ = try await services.ask(
                GetEscrow(escrow: Self.escrow, organisation: Self.organisation)
            )
        case .notifier:
            _ = try await services.ask(
                ListEvents(organisation: Self.organisation, after: 0, limit: 1)
            )
        }
    }

    /// Whether a service that says "no" has answered all the same.
    private static func isAnswer(_ failure: AskFailure) -> Bool {
        switch failure {
        case .refused(let refusal): !refusal.code.isTemporary
        case .overloaded, .noAnswer: false
        }
    }
}
