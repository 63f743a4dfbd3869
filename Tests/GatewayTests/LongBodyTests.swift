import Contracts
import Testing

@testable import GatewayCore

/// An organisation's requests with long bodies take turns; others do not wait for them.
@Suite struct `Long bodies` {
    @Test func `an organisation that has ended may begin again`() async throws {
        let limiter = Limiter(GatewayLimits(), environment: GatewayBench.Environment())
        let bodies = LongBodies(limiter)
        func principal(_ name: String) -> Principal {
            Principal(
                key: APIKey.ID("key_" + name),
                keyClass: .admin,
                organisation: Organisation.ID("org_" + name),
                wallet: nil
            )
        }
        let (ours, theirs) = (principal("1"), principal("2"))
        for _ in 0..<2 {
            try await bodies.begin(ours)
            try await bodies.begin(theirs)
            bodies.end(theirs)
            bodies.end(ours)
        }
    }
}
