import Contracts
import JSON

/// A receiver of webhooks that loses and repeats: in the end it has been told of every event.
final class WebhookWorkload: Workload, @unchecked Sendable {
    // It belongs to the run's thread.

    let name = "webhooks"
    let clientCount = 1
    let pause: ClosedRange<Int64> = 100_000...900_000
    private let town: Town
    private let url = "https://hooks.example/all"
    private var last: Int64 = 0
    private var isReading = false
    private var first: Int64 = 0
    private var events: [Int64: String] = [:]

    init(_ simulation: Simulation, _ town: Town) {
        self.town = town
    }

    func setUp() async {
        let made = await town.admin.make(
            "/v1/webhooks",
            ["url": .string(url), "events": ["*"]]
        )
        town.simulation.outside.webhookSecrets[url] = made["secret"]?.stringValue
        let page = await town.admin.get("/v1/events?limit=100").body["data"]?.arrayValue ?? []
        first = page.compactMap { $0["sequence"]?.integerValue }.max() ?? 0
        last = first
    }

    /// Reads the events that are new: their numbers have no gaps, and they do not change.
    func step() async {
        guard !isReading else { return }
        isReading = true
        defer { isReading = false }
        let answer = await town.admin.get("/v1/events?after=\(last)&limit=100")
        guard answer.status == 200 else {
            return town.auditor.find("the events were answered \(answer.status) \(answer.body)")
        }
        for event in answer.body["data"]?.arrayValue ?? [] {
            guard let sequence = event["sequence"]?.integerValue,
                let id = event["event_id"]?.stringValue
            else { return town.auditor.find("an event has no number: \(event)") }
            town.auditor.expect(sequence == last + 1, "event \(sequence) follows \(last)")
            town.auditor.judge(outcome: id, of: "event \(sequence)")
            events[sequence] = id
            last = sequence
        }
    }

    func check() async {
        var before = -1
        while before != Int(last) {
            before = Int(last)
            await step()
        }
        let told = town.simulation.outside.webhooks[url] ?? [:]
        let missing = events.filter { $0.key > first && told[$0.value] == nil }.keys.sorted()
        town.auditor.expect(missing.isEmpty, "nobody was told of the events \(missing.prefix(5))")
    }

    var metrics: [String: Int] { ["events": events.count] }
}
