/// Runs that happen at the same time on several threads, and whose results come in their order.
enum Jobs {
    /// Runs a number of bodies, `atOnce` of them at the same time.
    ///
    /// - Parameters:
    ///   - count: The number of bodies.
    ///   - atOnce: How many run at the same time.
    ///   - body: What is run with each number below `count`.
    ///   - take: Takes the results in the order of their numbers, and returns whether to go on.
    static func run<Success: Sendable>(
        _ count: Int,
        atOnce: Int,
        _ body: @escaping @Sendable (Int) -> Success,
        take: (Success) -> Bool
    ) async {
        await withTaskGroup(of: (Int, Success).self) { group in
            var (started, taken) = (0, 0)
            var early: [Int: Success] = [:]
            while started < min(atOnce, count) {
                group.addTask { [started] in (started, body(started)) }
                started += 1
            }
            for await (number, success) in group {
                early[number] = success
                while let next = early.removeValue(forKey: taken) {
                    taken += 1
                    guard take(next) else { return }
                }
                if started < count {
                    group.addTask { [started] in (started, body(started)) }
                    started += 1
                }
            }
        }
    }
}
