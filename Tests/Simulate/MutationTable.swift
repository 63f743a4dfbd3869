import Simulation

/// Plants each fault in turn, and prints how many seeds it took to find it.
enum MutationTable {
    static func run(_ arguments: Arguments, from seed: UInt64) -> Bool {
        var isCaught = true
        let limit = max(arguments.seeds, 40)
        say("fault | service | seeds until caught | what was found")
        let first = arguments.mutation?.name
        for mutation in Mutation.all.drop(while: { first != nil && $0.name != first }) {
            let result = mutation.hunt(from: seed, limit: limit, steps: arguments.steps)
            if let result {
                say(
                    "\(mutation.name) | \(mutation.serviceName) | \(result.seeds) | "
                        + String(result.finding.prefix(110))
                )
            } else {
                isCaught = false
                say("\(mutation.name) | \(mutation.serviceName) | not in \(limit) | -")
            }
        }
        return isCaught
    }
}
