/// Time, as those see it who live in a run.
extension Simulation {
    /// The time of all clocks, about.
    var wallTime: Int64 { epoch.milliseconds + kernel.now / 1000 }

    /// Waits for some microseconds that the seed chooses.
    func pause(_ microseconds: ClosedRange<Int64>) async {
        await kernel.sleep(draw { $0.number(in: microseconds) })
    }
}
