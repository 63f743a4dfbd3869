extension Invoice {
    /// What the cheapest of its private routes takes for an amount in satoshis, in satoshis rounded
    /// up, or `nil` when it names no route.
    ///
    /// Each step takes its fee on what it passes on (BOLT 7). A fee that cannot be counted is the
    /// greatest number.
    public func leastRouteFee(for amount: Int64) -> Int64? {
        routes.map { Self.fee(of: $0, for: amount) }.min()
    }

    private static func fee(of route: [Hop], for satoshis: Int64) -> Int64 {
        let amount = Int128(max(satoshis, 0)) * 1000
        var passed = amount
        for hop in route.reversed() {
            passed += Int128(hop.baseFee) + passed * Int128(hop.proportionalFee) / 1_000_000
            // Beyond this no step matters, and the next product could not be counted.
            if passed > Int128(Int64.max) * 1000 { return .max }
        }
        return Int64(clamping: (passed - amount + 999) / 1000)
    }
}
