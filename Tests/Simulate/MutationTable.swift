import Simulation

/// Plants each fault in turn, and prints how many seeds it took to find it.
enum MutationTable {
    static func run(_ arguments: Arguments, from seed: UInt64) async -> Bool {
        let limit = max(arguments.seeds, 40)
        let first = arguments.mutation?.name
        let mutations = Array(Mutation.all.drop { first != nil && $0.name != first })
        say("fault | service | seed | seeds tried | what was found")
        var missed: [String] = []
        await Jobs.run(mutations.count, atOnce: arguments.jobs) { number in
            let mutation = mutations[number]
            let hunt = mutation.hunt(
                from: seed,
                limit: limit,
                steps: arguments.steps,
                isAfresh: arguments.isAfresh
            )
            return (mutation, hunt)
        } take: { mutation, hunt in
            let start = "\(mutation.name) | \(mutation.serviceName) | "
            if let hunt {
                say(start + "\(hunt.seed) | \(hunt.tries) | " + String(hunt.finding.prefix(110)))
            } else {
                missed.append(mutation.name)
                say(start + "- | \(limit) | -")
            }
            return true
        }
        let found = mutations.count - missed.count
        say("\(found) of \(mutations.count) planted faults were found")
        if !missed.isEmpty { say("not found: \(missed.joined(separator: ", "))") }
        return missed.isEmpty
    }
}
