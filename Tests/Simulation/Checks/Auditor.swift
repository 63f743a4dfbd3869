/// A model of the money in plain values: it says of what clients were told whether it can be true.
///
/// It knows what clients asked for and what they were answered, and nothing else: no table and no
/// code of the services. What is under way may have happened or not, so that a balance has bounds.
public final class Auditor {
    /// Somewhere money can be, in one asset.
    final class Pot {
        let name: String
        /// Who has asked for something that touches it, oldest first.
        fileprivate(set) var movements: [Movement] = []

        init(_ name: String) {
            self.name = name
        }
    }

    /// Money that somebody asked to move from one pot to another.
    final class Movement {
        /// Whether it has happened.
        enum State { case possible, done, not }

        let amount: Int64
        let source: Pot?
        let target: Pot?
        fileprivate(set) var state = State.possible
        fileprivate let beganAt: Int
        fileprivate var endedAt = Int.max

        fileprivate init(_ amount: Int64, from source: Pot?, to target: Pot?, at time: Int) {
            self.amount = amount
            self.source = source
            self.target = target
            beganAt = time
        }
    }

    /// What is wrong.
    private(set) var findings: [String] = []

    /// The number of answers that were judged.
    private(set) var judgedCount = 0

    /// Counts what clients did and heard, which is all the time that there is.
    private var time = 0

    /// The last outcome of each idempotency key.
    private var outcomes: [String: String] = [:]

    func find(_ words: String) {
        findings.append(words)
    }

    /// Notes a finding unless something holds.
    func expect(_ holds: Bool, _ words: @autoclosure () -> String) {
        judgedCount += 1
        if !holds { find(words()) }
    }

    // MARK: Money

    /// Somebody asks for money to be moved: from now on it may have happened.
    func begin(_ amount: Int64, from source: Pot?, to target: Pot?) -> Movement {
        time += 1
        let movement = Movement(amount, from: source, to: target, at: time)
        source?.movements.append(movement)
        target?.movements.append(movement)
        return movement
    }

    /// Somebody was told that it happened, or that it never will.
    func end(_ movement: Movement, isDone: Bool) {
        guard movement.state == .possible else {
            expect((movement.state == .done) == isDone, "a movement's outcome changed")
            return
        }
        time += 1
        movement.state = isDone ? .done : .not
        movement.endedAt = time
    }

    /// The moment, to be given to ``bounds(of:since:without:)`` when the answer is there.
    func mark() -> Int { time }

    /// What a pot could have had at some moment since a mark.
    func bounds(
        of pot: Pot,
        since mark: Int,
        without own: Movement? = nil
    ) -> ClosedRange<Int64> {
        var low: Int64 = 0
        var high: Int64 = 0
        for movement in pot.movements where movement !== own {
            let delta =
                (movement.target === pot ? movement.amount : 0)
                - (movement.source === pot ? movement.amount : 0)
            switch movement.state {
            case .done where movement.endedAt <= mark:
                low += delta
                high += delta
            case .not where movement.endedAt <= mark: break
            case .done, .not, .possible:
                low += min(0, delta)
                high += max(0, delta)
            }
        }
        return min(low, high)...max(low, high)
    }

    /// Judges a balance that a client was shown.
    func judge(balance: Int64, of pot: Pot, since mark: Int) {
        let bounds = bounds(of: pot, since: mark)
        expect(
            bounds.contains(balance),
            "\(pot.name) was shown with \(balance), which is not in \(bounds)"
        )
    }

    /// Judges that money was moved from a pot: it must have been there at some moment.
    func judge(spent movement: Movement, since mark: Int) {
        guard let pot = movement.source else { return }
        let high = bounds(of: pot, since: mark, without: movement).upperBound
        expect(
            high >= movement.amount,
            "\(pot.name) paid \(movement.amount) and had at most \(high)"
        )
    }

    /// Judges that money was refused for want of it: it must have been away at some moment.
    func judge(insufficient movement: Movement, since mark: Int) {
        guard let pot = movement.source else { return }
        let low = bounds(of: pot, since: mark, without: movement).lowerBound
        expect(
            low < movement.amount,
            "\(pot.name) was refused \(movement.amount) and had at least \(low)"
        )
    }

    // MARK: Outcomes

    /// Judges the final outcome of something with an identity: it never changes.
    func judge(outcome: String, of identity: String) {
        judgedCount += 1
        if let first = outcomes[identity] {
            if first != outcome {
                find("\(identity) was \(first), and later \(outcome)")
            }
        } else {
            outcomes[identity] = outcome
        }
    }
}
