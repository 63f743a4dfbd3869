/// Where a list goes on, newest first by time and then identifier.
public struct PagePosition: Codable, Hashable, Sendable {
    /// The time of the last row that was read.
    public var createdAt: Timestamp

    /// The identifier of the last row that was read.
    public var id: String

    /// Creates a position.
    public init(createdAt: Timestamp, id: String) {
        self.createdAt = createdAt
        self.id = id
    }
}

/// Which part of a list is asked for.
public struct PageRequest: Codable, Hashable, Sendable {
    /// The number of rows, 1 to 100.
    public var limit: Int

    /// The position after which to go on, or `nil` for the beginning.
    public var after: PagePosition?

    /// Creates a page request.
    public init(limit: Int = 20, after: PagePosition? = nil) {
        self.limit = limit
        self.after = after
    }
}

extension PageRequest {
    private enum CodingKeys: String, CodingKey {
        case limit
        case after
    }

    /// Reads a page request whose limit keeps its bounds.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        limit = try container.decode(Int.self, forKey: .limit)
        after = try container.decodeIfPresent(PagePosition.self, forKey: .after)
        guard (1...100).contains(limit) else {
            throw DecodingError.dataCorruptedError(
                forKey: .limit,
                in: container,
                debugDescription: "A page has 1 to 100 rows."
            )
        }
    }
}
