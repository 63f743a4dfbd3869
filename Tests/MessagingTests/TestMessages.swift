import Contracts
import Messaging
import Storage

/// A request to add numbers, each of which is answered and recorded elsewhere.
struct Add: MergeableRequest {
    typealias Reply = Sums

    struct Item: Codable, Equatable {
        var amount: Int
        var returnAddress: ReturnAddress?
        var note: String?
    }

    static let wireName = "policy.add.v1"
    static let service = ServiceName.policy

    var items: [Item]

    var itemCount: Int { items.count }

    init(_ amounts: Int..., to address: ReturnAddress? = nil) {
        items = amounts.map { Item(amount: $0, returnAddress: address) }
    }

    mutating func merge(_ other: Add) {
        items += other.items
    }

    func slice(_ range: Range<Int>) -> Add {
        var slice = self
        slice.items = Array(items[range])
        return slice
    }

    var returnAddress: ReturnAddress? { items.first?.returnAddress }

    mutating func setReturnAddress(_ address: ReturnAddress) {
        for index in items.indices {
            items[index].returnAddress = address
        }
    }
}

struct Sums: MergeableReply {
    struct Sum: Codable, Equatable {
        var correlationID: String
        var amount: Int
    }

    static let wireName = "policy.sums.v1"

    var sums: [Sum]

    var itemCount: Int { sums.count }

    mutating func merge(_ other: Sums) {
        sums += other.sums
    }

    func slice(_ range: Range<Int>) -> Sums {
        Sums(sums: Array(sums[range]))
    }

    func answers() -> [(correlationID: String, reply: Sums)] {
        sums.map { ($0.correlationID, Sums(sums: [$0])) }
    }
}

/// A command to keep numbers.
struct Keep: Command, MergeableMessage {
    static let wireName = "settlement.keep.v1"

    var numbers: [Int]

    var itemCount: Int { numbers.count }

    mutating func merge(_ other: Keep) {
        numbers += other.numbers
    }

    func slice(_ range: Range<Int>) -> Keep {
        Keep(numbers: Array(numbers[range]))
    }
}

/// A command that cannot be merged.
struct Mark: Command {
    static let wireName = "settlement.mark.v1"

    var number: Int
}

/// A command that fails in the database.
struct Break: Command {
    static let wireName = "policy.break.v1"

    var isConstraint: Bool
}

/// A command that is passed on to two services.
struct Tell: Command {
    static let wireName = "policy.tell.v1"

    var number: Int
}

/// A request that leads to a message of some size.
struct Swell: Request {
    typealias Reply = Total

    static let wireName = "policy.swell.v1"
    static let service = ServiceName.policy

    var byteCount: Int
}

/// A command with a text.
struct Carry: Command {
    static let wireName = "settlement.carry.v1"

    var text: String
}

/// A request that adds a number and is answered at once, later, elsewhere, or with a refusal.
struct Raise: Request {
    enum Way: String, Codable {
        case now
        case later
        case elsewhere
        case never
        case notNow
    }

    typealias Reply = Total

    static let wireName = "policy.raise.v1"
    static let service = ServiceName.policy

    var amount: Int
    var way = Way.now
}

struct GetTotal: Query {
    typealias Reply = Total

    static let wireName = "policy.get-total.v1"
    static let service = ServiceName.policy
}

struct Total: Message {
    static let wireName = "policy.total.v1"

    var total: Int
}

enum TestInput: Sendable {
    case add(Add)
    case keep(Keep)
    case fail(Break)
    case tell(Tell)
    case swell(Swell)
    case raise(Raise)
    case getTotal
    case pulse
}

/// Adds numbers, keeps numbers, and passes on what it is told.
struct TestMachine: StateMachine {
    static let service = ServiceName.policy
    static let migrations = [
        Migration(
            "test-001-number",
            ["CREATE TABLE number (value INTEGER NOT NULL CHECK (value >= 0)) STRICT"]
        ),
        Migration(
            "test-002-waiter",
            ["CREATE TABLE waiter (instance TEXT NOT NULL, correlation TEXT NOT NULL) STRICT"]
        ),
    ]
    static let inputs = InputTable<TestInput>([
        .request(Add.self, TestInput.add),
        .command(Keep.self, from: [.gateway, .settlement, .escrow], TestInput.keep),
        .command(Break.self, from: [.gateway, .settlement, .escrow], TestInput.fail),
        .command(Tell.self, from: [.gateway, .settlement, .escrow], TestInput.tell),
        .request(Swell.self, TestInput.swell),
        .request(Raise.self, TestInput.raise),
        .survey(GetTotal.self, of: { _ in Organisation.ID("org_a") }) { _ in .getTotal },
    ])
    static let pulse = TestInput.pulse

    /// A number at which the process ends.
    static let trap = 666

    func handle(
        _ message: Received<TestInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        switch message.body {
        case .add(let add): return try handle(add, in: transaction)
        case .keep(let keep):
            precondition(!keep.numbers.contains(TestMachine.trap), "planted")
            for number in keep.numbers {
                try transaction.execute("INSERT INTO number (value) VALUES (\(number))")
            }
            return try answerWaiters(in: transaction)
        case .fail(let failure):
            if failure.isConstraint {
                try transaction.execute("INSERT INTO number (value) VALUES (\(-1))")
            } else {
                try transaction.execute("INSERT INTO missing (value) VALUES (\(1))")
            }
            return []
        case .tell(let tell):
            return [
                .command(Mark(number: tell.number), to: .notifier),
                .command(Keep(numbers: [tell.number]), to: .settlement),
            ]
        case .swell(let swell):
            try transaction.execute("INSERT INTO number (value) VALUES (\(swell.byteCount))")
            let text = String(repeating: "x", count: swell.byteCount)
            return [.command(Carry(text: text), to: .settlement)]
        case .raise(let raise):
            return try handle(raise, from: message.returnAddress, in: transaction)
        case .getTotal:
            let total = try TestMachine.total(in: transaction)
            return message.returnAddress.map { [.reply(Total(total: total), to: $0)] } ?? []
        case .pulse: return []
        }
    }

    func giveUp(
        _ message: Received<TestInput>,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard case .fail = message.body else { return [] }
        return [.command(Mark(number: -1), to: .notifier)]
    }

    static func total(in transaction: borrowing Transaction) throws(StorageError) -> Int {
        let total = try transaction.first("SELECT COALESCE(SUM(value), 0) FROM number") {
            row throws(StorageError) in row.integer(0)
        }
        return Int(total ?? 0)
    }

    private func handle(
        _ raise: Raise,
        from address: ReturnAddress?,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        guard let address else { return [] }
        if raise.way == .never || raise.way == .notNow {
            let code: RequestRefused.Code = raise.way == .never ? .conflict : .overloaded
            return [.reply(RequestRefused(code, message: "No."), to: address)]
        }
        try transaction.execute("INSERT INTO number (value) VALUES (\(raise.amount))")
        let total = Total(total: try Self.total(in: transaction))
        switch raise.way {
        case .elsewhere:
            return [
                .command(Mark(number: raise.amount), to: .notifier),
                .kept(total, to: address, by: .notifier),
            ]
        case .later:
            try transaction.execute(
                """
                INSERT INTO waiter (instance, correlation)
                VALUES (\(address.instance), \(address.correlationID))
                """
            )
            return []
        default: return [.reply(total, to: address)]
        }
    }

    private func answerWaiters(
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        let waiters = try transaction.rows("SELECT instance, correlation FROM waiter") {
            row throws(StorageError) in
            ReturnAddress(instance: row.text(0), correlationID: row.text(1))
        }
        if waiters.isEmpty { return [] }
        try transaction.execute("DELETE FROM waiter")
        let total = Total(total: try Self.total(in: transaction))
        return waiters.map { .reply(total, to: $0) }
    }

    private func handle(
        _ add: Add,
        in transaction: borrowing Transaction
    ) throws(StorageError) -> [Outgoing] {
        var outgoings: [Outgoing] = []
        for item in add.items {
            try transaction.execute("INSERT INTO number (value) VALUES (\(item.amount))")
            outgoings.append(.command(Keep(numbers: [item.amount]), to: .settlement))
            if let address = item.returnAddress {
                let sum = Sums.Sum(correlationID: address.correlationID, amount: item.amount)
                outgoings.append(.reply(Sums(sums: [sum]), to: address))
            }
        }
        return outgoings
    }
}
