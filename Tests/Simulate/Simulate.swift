import Glibc
import ServiceHost
import Simulation

/// The program that runs the simulator.
@main
struct Simulate {
    private static let usageExitCode: Int32 = 64

    static func main() async {
        makeHashingDeterministic()
        do throws(Arguments.Mistake) {
            let arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
            if arguments.wantsHelp {
                say(Arguments.help)
                exit(0)
            }
            exit(await run(arguments) ? 0 : 1)
        } catch {
            say("simulate: \(error.words); see simulate --help")
            exit(usageExitCode)
        }
    }

    /// The order of sets and dictionaries must not depend on the process: it begins again with a
    /// setting that makes it so, unless it is there.
    private static func makeHashingDeterministic() {
        let name = "SWIFT_DETERMINISTIC_HASHING"
        guard unsafe getenv(name) == nil else { return }
        unsafe setenv(name, "1", 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe CommandLine.arguments.map {
            unsafe strdup($0)
        }
        unsafe arguments.append(nil)
        _ = unsafe execv("/proc/self/exe", arguments)
        say("simulate: cannot begin again with \(name)=1")
        exit(1)
    }

    private static func run(_ arguments: Arguments) async -> Bool {
        let first = arguments.seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
        if arguments.runsAllMutations { return await MutationTable.run(arguments, from: first) }
        var tally = Tally()
        var isClean = true
        let count = arguments.runsForever ? Int.max : arguments.seeds
        await Jobs.run(count, atOnce: arguments.trace == nil ? arguments.jobs : 1) { number in
            runOne(arguments.options(seed: first &+ UInt64(number)), arguments)
        } take: { report in
            tally.add(report)
            if count == 1 { tell(report.metrics) }
            if !report.isClean {
                isClean = false
                tell(report, arguments)
                if !arguments.runsForever || arguments.folder == nil { return false }
            }
            if tally.runs < count, tally.runs.isMultiple(of: arguments.runsForever ? 100 : 25) {
                say(tally.line)
            }
            return true
        }
        say(tally.summary(from: first))
        if let minimum = arguments.minimum, isClean {
            let missing = tally.coverage.missing(minimum: minimum)
            if !missing.isEmpty {
                say("too seldom met (\(minimum) are needed):")
                for situation in missing {
                    say("  \(situation.rawValue): \(tally.coverage.counts[situation] ?? 0)")
                }
                return false
            }
        }
        return isClean
    }

    private static func runOne(_ options: Simulation.Options, _ arguments: Arguments) -> Report {
        guard let path = arguments.trace else { return Simulation(options).run() }
        if path == "-" { return Simulation(options, writer: { say($0) }).run() }
        guard let file = unsafe fopen(path, "w") else {
            say("simulate: cannot write \(path)")
            exit(1)
        }
        defer { unsafe fclose(file) }
        return Simulation(options, writer: { unsafe fputs($0 + "\n", file) }).run()
    }

    /// Prints what the workloads did.
    private static func tell(_ metrics: [String: Int]) {
        for (name, count) in metrics.sorted(by: { $0.key < $1.key }) { say("\(name): \(count)") }
    }

    /// Prints what is needed to see the failure again.
    private static func tell(_ report: Report, _ arguments: Arguments) {
        var lines = ["seed \(report.seed) fails at commit \(Commit.current)"]
        lines += report.findings.prefix(10).map { "  \($0)" }
        lines.append("workloads: \(report.workloads.joined(separator: ", "))")
        lines.append("the last messages:")
        lines += report.lastLines.map { "  \($0)" }
        var again = "again: simulate --seed \(report.seed) --steps \(arguments.steps)"
        for name in arguments.workloads ?? [] { again += " --workload \(name)" }
        again += words(for: arguments.kinds)
        if let load = arguments.load { again += " --load \(load)" }
        if let mutation = arguments.mutation { again += " --mutation \(mutation.name)" }
        lines.append(again)
        if arguments.shrinks {
            say("seed \(report.seed) fails; looking for a smaller run")
            var shrinker = Shrinker(arguments.options(seed: report.seed), report) {
                say("  it fails \($0)")
            }
            shrinker.shrink()
            lines += shrunk(shrinker)
        }
        for line in lines { say(line) }
        guard let folder = arguments.folder else { return }
        do {
            try Files.makeFolder(folder)
            let text = lines.joined(separator: "\n") + "\n"
            try Files.write(Array(text.utf8), to: "\(folder)/seed-\(report.seed).txt")
        } catch {
            say("simulate: cannot write to \(folder)")
        }
    }

    /// The options that choose kinds of faults.
    private static func words(for kinds: Set<FaultPlan.Kind>) -> String {
        var words = ""
        for kind in FaultPlan.Kind.allCases {
            let isUsual = FaultPlan.Kind.usual.contains(kind)
            guard kinds.contains(kind) != isUsual else { continue }
            words += (isUsual ? " --without " : " --with ") + kind.rawValue
        }
        return words
    }

    private static func shrunk(_ shrinker: Shrinker) -> [String] {
        var line = "smaller: simulate --seed \(shrinker.options.seed)"
        line += " --steps \(shrinker.options.steps)"
        for name in shrinker.options.workloads ?? [] { line += " --workload \(name)" }
        line += words(for: shrinker.options.kinds)
        return [line, "  \(shrinker.report.findings.first ?? "")"]
            + shrinker.report.lastLines.suffix(20).map { "  \($0)" }
    }
}
