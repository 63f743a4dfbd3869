import HTTP
import JSON

/// A list of the API, read page by page.
struct Listing {
    /// The option that bounds a list.
    static let limit = Option("limit", "N", "the greatest number of rows (default 20)")

    /// The path with what filters the list, for example `/v1/payments?status=blocked`.
    let path: String

    /// The greatest number of elements.
    let limit: Int

    /// Reads the elements, newest first, and whether there are more than the limit lets through.
    func elements(
        through client: APIClient
    ) throws(Failure) -> (elements: [JSONValue], hasMore: Bool) {
        var elements: [JSONValue] = []
        var cursor: String?
        repeat {
            var target = path + (path.contains("?") ? "&" : "?")
            target += "limit=\(min(100, limit - elements.count))"
            if let cursor { target += "&cursor=" + PercentEncoding.encode(cursor) }
            let page = try client.send(.get, target).success()
            elements += page["data"]?.arrayValue ?? []
            let hasMore = page["has_more"]?.boolValue ?? false
            cursor = hasMore ? page["next_cursor"]?.stringValue : nil
        } while cursor != nil && elements.count < limit
        return (elements, cursor != nil)
    }
}
