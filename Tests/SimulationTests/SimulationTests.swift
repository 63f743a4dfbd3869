import Simulation
import Testing

@Suite struct `The simulator` {
    @Test func `runs`() {
        let report = Simulation(Simulation.Options(seed: 1)).run()
        #expect(report.findings.isEmpty)
    }
}
