import Simulation

/// What the program was asked for.
struct Arguments {
    var seed: UInt64?
    var seeds = 1
    var steps = 4000
    var workloads: [String]?
    var kinds = FaultPlan.Kind.usual
    var mutation: Mutation?
    var load: Int?
    var jobs = 1
    var runsAllMutations = false
    var isAfresh = false
    var runsForever = false
    var shrinks = false
    var minimum: Int?
    var trace: String?
    var folder: String?
    var wantsHelp = false

    /// A mistake in the arguments, in words.
    struct Mistake: Error {
        var words: String
    }

    static let help = """
        simulate runs the five services in one process, under one seed, with everything going wrong
        that can, and checks every invariant after every step.

        usage: simulate [--seed N] [--seeds N] [--steps N] [--workload NAME]... [options]

          --seed N          the first seed (a random one)
          --seeds N         how many seeds, one after the other (1)
          --steps N         events with faults in each run, 1 to 10000000 (4000)
          --workload NAME   only this workload; can be repeated. One of:
                            \(WorkloadCatalogue.names.joined(separator: ", "))
          --without KIND    leave this kind of fault out; can be repeated. One of:
                            \(FaultPlan.Kind.allCases.map(\.rawValue).joined(separator: ", "))
          --with KIND       add a kind of fault that is left out otherwise; can be repeated:
                            \(FaultPlan.Kind.apartNames)
          --load N          N times as many clients, who rest N times less, 1 to 1000
          --forever         go on with further seeds until one fails or the process is ended
          --save FOLDER     with --forever: write what is known of a failing seed there, and go on
          --shrink          look for a smaller run that fails, too
          --trace FILE      write every message and event of the run to a file, or to - (output)
          --minimum N       fail unless each rare situation was met N times in all
          --mutation NAME   plant a fault in the services: the run must fail
          --mutations       plant each fault in turn, and print how many seeds it took to find it;
                            with --mutation, from that one on
          --afresh          with --mutations: begin with the first seed, and not with the one that
                            is known to find a fault
          --jobs N          so many runs at the same time, 1 to 64 (1); the results are the same
          --help            print this

        Two runs of the same program with the same arguments do exactly the same.
        It ends with 0 when all is well, 1 when something was found, 64 when it was asked wrongly.
        """

    init(_ words: [String]) throws(Mistake) {
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "--help", "-h": wantsHelp = true
            case "--forever": runsForever = true
            case "--shrink": shrinks = true
            case "--mutations": runsAllMutations = true
            case "--afresh": isAfresh = true
            case "--jobs": jobs = Int(try Self.number(&rest, of: word, in: 1...64))
            case "--seed": seed = try Self.number(&rest, of: word, in: 0...UInt64.max)
            case "--seeds": seeds = Int(try Self.number(&rest, of: word, in: 1...1_000_000))
            case "--steps": steps = Int(try Self.number(&rest, of: word, in: 1...10_000_000))
            case "--load": load = Int(try Self.number(&rest, of: word, in: 1...1000))
            case "--minimum": minimum = Int(try Self.number(&rest, of: word, in: 1...1_000_000))
            case "--trace": trace = try Self.value(&rest, of: word)
            case "--save": folder = try Self.value(&rest, of: word)
            case "--workload":
                let name = try Self.value(&rest, of: word)
                guard WorkloadCatalogue.names.contains(name) else {
                    throw Mistake(words: "there is no workload \(name)")
                }
                workloads = (workloads ?? []) + [name]
            case "--without":
                let name = try Self.value(&rest, of: word)
                guard let kind = FaultPlan.Kind(rawValue: name) else {
                    throw Mistake(words: "there is no kind of fault \(name)")
                }
                kinds.remove(kind)
            case "--with":
                let name = try Self.value(&rest, of: word)
                guard let kind = FaultPlan.Kind(rawValue: name) else {
                    throw Mistake(words: "there is no kind of fault \(name)")
                }
                kinds.insert(kind)
            case "--mutation":
                let name = try Self.value(&rest, of: word)
                mutation = Mutation.all.first { $0.name == name }
                if mutation == nil { throw Mistake(words: "there is no mutation \(name)") }
            default: throw Mistake(words: "\(word) is not known")
            }
        }
    }

    /// The options of one run.
    func options(seed: UInt64) -> Simulation.Options {
        var options = Simulation.Options(seed: seed)
        options.steps = steps
        options.workloads = workloads
        options.kinds = kinds
        options.mutation = mutation
        options.load = load
        return options
    }

    private static func value(
        _ rest: inout ArraySlice<String>,
        of option: String
    ) throws(Mistake) -> String {
        guard let value = rest.popFirst() else { throw Mistake(words: "\(option) needs a value") }
        return value
    }

    private static func number(
        _ rest: inout ArraySlice<String>,
        of option: String,
        in range: ClosedRange<UInt64>
    ) throws(Mistake) -> UInt64 {
        let text = try value(&rest, of: option)
        guard let number = UInt64(text), range.contains(number) else {
            throw Mistake(words: "\(option) \(text) is not a number that it takes")
        }
        return number
    }
}
