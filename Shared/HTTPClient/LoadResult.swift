public import HTTP

/// What became of a request of a load client.
public struct LoadResult: Sendable {
    /// The request's tag.
    public let tag: Int

    /// The connection that it was sent on, from 0.
    public let connection: Int

    /// The answer with the header fields that were asked for, or why there is none.
    public let answer: Result<Response, HTTPClientError>

    /// The time from handing the request over to having the whole answer.
    public let latencyNanoseconds: UInt64
}
