import Glibc
import HTTP
import JSON

/// The event log, read forward by its sequence numbers.
struct EventListing {
    var client: APIClient

    /// The place after which it begins, or `nil` for the latest events.
    var after: Int64?

    /// What filters it, as a query says it.
    var filters: [String]

    /// The greatest number of events, without those that are followed.
    var limit: Int

    /// Prints events as lines, and with `follows` those that come, until somebody stops it.
    func run(
        follows: Bool,
        printsJSON: Bool,
        _ columns: [CallCommand.Column],
        on console: Console
    ) throws -> ExitCode {
        var place = try after ?? (follows ? last() : max(0, last() - Int64(limit)))
        var rest = follows ? Int.max : limit
        repeat {
            let page = try page(after: place, limit: min(100, rest))
            for event in page.events {
                place = event["sequence"]?.integerValue ?? place
                let lines =
                    printsJSON
                    ? [event.description] : Self.lines(of: event, columns, fitting: console.width)
                for line in lines { console.print(line) }
            }
            // A page of one type may have looked at many events, and shown none.
            place = max(place, page.next ?? place)
            rest -= page.events.count
            if !page.hasMore {
                guard follows else { break }
                usleep(500_000)
            }
        } while rest > 0
        return .done
    }

    /// An event as a line; on a terminal that is too narrow, its last columns stand below.
    static func lines(
        of event: JSONValue,
        _ columns: [CallCommand.Column],
        fitting width: Int?
    ) -> [String] {
        func texts(momentWidth: Int) -> [String] {
            columns.map { column in
                var text = PlainText.printable(ObjectLines.text(at: column.member, of: event))
                if column.style == .time { text = PlainText.moment(text, to: momentWidth) }
                return text + String(repeating: " ", count: max(0, column.title.count - text.count))
            }
        }
        let whole = texts(momentWidth: Int.max).joined(separator: "  ")
        guard let width, PlainText.width(whole) > width else { return [whole] }
        let indentation = String(repeating: " ", count: (columns.first?.title.count ?? 0) + 2)
        var lines: [String] = []
        for text in texts(momentWidth: 16) where text != "-" {
            if let last = lines.last, PlainText.width(last) + 2 + PlainText.width(text) <= width {
                lines[lines.count - 1] = last + "  " + text
            } else {
                lines.append(lines.isEmpty ? text : indentation + text)
            }
        }
        return lines
    }

    private func page(
        after place: Int64,
        limit: Int
    ) throws(Failure) -> (events: [JSONValue], hasMore: Bool, next: Int64?) {
        let query = ["after=\(place)", "limit=\(limit)"] + filters
        let page = try client.send(.get, "/v1/events?" + query.joined(separator: "&")).success()
        return (
            page["data"]?.arrayValue ?? [],
            page["has_more"]?.boolValue ?? false,
            page["next_cursor"]?.stringValue.flatMap { Int64($0) }
        )
    }

    /// The number of the last event, found by halving: a list can only be read forward.
    private func last() throws(Failure) -> Int64 {
        var reached: Int64 = 0
        var step: Int64 = 1024
        while let found = try next(after: reached + step) {
            reached = found
            step *= 2
        }
        var beyond = reached + step
        while reached < beyond, let found = try next(after: reached) {
            let middle = max(found, reached + (beyond - reached) / 2)
            guard middle < beyond else { return found }
            if let later = try next(after: middle) {
                reached = later
            } else {
                beyond = middle
                reached = found
            }
        }
        return reached
    }

    /// The number of the first event after a place, or `nil` where there is none.
    private func next(after place: Int64) throws(Failure) -> Int64? {
        let answer = try client.send(.get, "/v1/events?after=\(place)&limit=1")
        if answer.status == 400 { return nil }
        return try answer.success()["data"]?[0]?["sequence"]?.integerValue
    }
}
