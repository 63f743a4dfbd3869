import Simulation

let arguments = CommandLine.arguments
let from = UInt64(arguments.count > 1 ? arguments[1] : "1") ?? 1
let to = UInt64(arguments.count > 2 ? arguments[2] : "1") ?? 1
for seed in from...max(from, to) {
    var options = Simulation.Options(seed: seed)
    if arguments.count > 3 { options.workloads = arguments[3].split(separator: ",").map(String.init) }
    let clock = ContinuousClock()
    var report: Report?
    let time = clock.measure { report = Simulation(options).run() }
    if let report {
        print(seed, report.findings, report.steps, report.messages, report.judgements, report.metrics, time)
        if !report.isClean {
            for line in report.lastLines.suffix(arguments.count > 4 ? 60 : 6) { print(line.prefix(600)) }
        }
    }
}
