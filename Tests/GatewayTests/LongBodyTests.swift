import Contracts
import Testing

@testable import GatewayCore

/// An organisation's requests with long bodies take turns; others do not wait for them.
@Suite struct `Long bodies` {
    @Test func `an organisation that has ended may begin again`() async throws {
        let limiter = Limiter(GatewayLimits(), environment: GatewayBench.Environment())
        let bodies = LongBodies(limiter)
        let (ours, theirs) = (Organisation.ID("org_1"), Organisation.ID("org_2"))
        for _ in 0..<2 {
            try await bodies.begin(ours)
            try await bodies.begin(theirs)
            bodies.end(theirs)
            bodies.end(ours)
        }
    }
}
