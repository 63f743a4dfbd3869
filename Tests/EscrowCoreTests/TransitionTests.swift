import Contracts
import EscrowCore
import Foundation
import Testing

@Suite struct `The transitions of an escrow` {
    private static let waiting: Set<EscrowStatus> = [
        .requested, .awaitingApproval, .releasing, .refunding,
    ]
    private static let ended: Set<EscrowStatus> = [.released, .refunded, .blocked, .failed]

    @Test func `every status that holds money has a way out without anybody's help`() {
        for status in EscrowStatus.allCases {
            if Self.ended.contains(status) {
                #expect(Transitions.table[status] == nil, "\(status) is the end")
            } else {
                let hasWay = Transitions.hasDeadline(status) || Self.waiting.contains(status)
                #expect(hasWay, "\(status) has a deadline, or a command in an outbox")
            }
        }
    }

    @Test func `every status can be reached and every ending follows an order`() {
        let reached = Set(Transitions.table.values.flatMap(\.values)).union([.requested])
        #expect(reached == Set(EscrowStatus.allCases))
        for (status, row) in Transitions.table {
            for (happening, next) in row where next == .released || next == .refunded {
                #expect(happening == .moved)
                #expect(status == (next == .released ? .releasing : .refunding))
            }
        }
    }

    @Test func `the documentation has the table of the code`() throws {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Services/Escrow/Core/EscrowCore.docc/EscrowCore.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains(Transitions.markdown), "put this there:\n\(Transitions.markdown)")
    }

    /// Random sequences against the rule: money moves out once, all of it, and the status says how.
    @Test func `R52: whatever happens in whatever order, an escrow ends in one way`() throws {
        let repeated = ProcessInfo.processInfo.environment["PURSESTRINGS_SEED"].flatMap(UInt64.init)
        let seed = repeated ?? UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var generator = Generator(state: seed)
        for round in 0..<3000 {
            let harness = try EscrowHarness()
            let review = Int64.random(in: 0...1, using: &generator) * 600
            let callback = "https://example.com/callback"
            let escrow = try harness.lock(
                "x",
                EscrowHarness.conditions(
                    review: review,
                    callback: Bool.random(using: &generator) ? callback : nil
                )
            )
            for _ in 0..<12 { try step(harness, escrow, &generator) }
            // In the end everybody answers, and time passes.
            for _ in 0..<4 {
                while !harness.orders.isEmpty { try harness.answerOrder() }
                try harness.pass(seconds: 90_000)
            }
            let status = try harness.status(escrow)
            let moved = harness.moved[escrow] ?? []
            #expect(moved.count == 1, "round \(round): the money moves once")
            #expect(
                status == ((moved.first?.0 ?? 0) > 0 ? .released : .refunded),
                "round \(round)"
            )
            let ends = harness.events.filter {
                $0.type == .escrowReleased || $0.type == .escrowRefunded
            }
            #expect(ends.count == 1, "round \(round): its end is told once")
        }
    }

    private func step(
        _ harness: EscrowHarness,
        _ escrow: Escrow.ID,
        _ generator: inout Generator
    ) throws {
        let actors = [EscrowHarness.payer, EscrowHarness.receiver, EscrowHarness.arbiter, nil]
        let actor = actors.randomElement(using: &generator) ?? nil
        switch Int.random(in: 0..<11, using: &generator) {
        case 0: try harness.send(harness.complete(escrow, by: actor))
        case 1: try harness.send(harness.accept(escrow, by: actor))
        case 2: try harness.send(harness.dispute(escrow, by: actor))
        case 3: try harness.send(harness.resolve(escrow, .release, by: actor))
        case 4: try harness.send(harness.resolve(escrow, .split, part: 10, by: actor))
        case 5: try harness.pass(seconds: Int64.random(in: 0...2000, using: &generator))
        case 6: try harness.answerLock(escrow, .confirmed)
        case 7:
            let nonce = "n\(Int.random(in: 0..<5, using: &generator))"
            let proof = EscrowProof(type: .webhookCallback, proof: nonce)
            try harness.send(harness.complete(escrow, by: actor, proof))
        case 8:
            guard let request = harness.exchanges.randomElement(using: &generator) else { return }
            let verdict = Bool.random(using: &generator) ? "accepted" : "rejected"
            let body = #"{"verdict":"\#(verdict)"}"#
            let answer = RecordExchange(id: request.id, status: 200, body: body)
            try harness.send(.recordExchange(answer))
        default:
            guard !harness.orders.isEmpty else { return }
            let refusesRelease = (harness.orders.first?.toReceiver ?? 0) > 0
            let fails = refusesRelease && Bool.random(using: &generator)
            try harness.answerOrder(failure: fails ? .noRail : nil)
        }
    }

    /// A small generator whose sequence is that of its seed (SplitMix64).
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}
