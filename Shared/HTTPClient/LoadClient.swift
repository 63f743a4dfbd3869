import CCurl
import Glibc
public import HTTP

/// A client for measurements: many keep-alive connections on one thread.
public final class LoadClient {
    /// A request of a load.
    public struct Load: Sendable {
        /// What the load knows the request by.
        public var tag: Int

        /// The method.
        public var method: Method

        /// The path on the server, with its query.
        public var path: String

        /// The body.
        public var body: [UInt8]

        /// Creates a request.
        public init(tag: Int, method: Method, path: String, body: [UInt8]) {
            self.tag = tag
            self.method = method
            self.path = path
            self.body = body
        }
    }

    /// What came of a request.
    public struct Outcome: Sendable {
        /// What the load knows the request by.
        public var tag: Int

        /// The answer, or why there is none.
        public var result: Result<Response, HTTPClientError>

        /// The time from the sending to the end of the answer.
        public var nanoseconds: UInt64
    }

    private final class Lane {
        let transfer: Transfer
        var tag = 0
        var startedAt: UInt64 = 0

        init(_ transfer: Transfer) {
            self.transfer = transfer
        }
    }

    private let base: String
    private let multi: OpaquePointer
    private var lanes: [Lane] = []

    /// Creates a client of one server.
    ///
    /// `base` is scheme, host and port; `headers` go with every request.
    ///
    /// - Throws: The library does not start.
    public init(
        base: String,
        headers: Headers,
        connections: Int,
        timeoutMilliseconds: Int = 30_000
    ) throws(HTTPClientError) {
        guard let raw = curl_multi_init() else {
            throw HTTPClientError(isUnknown: false, message: "libcurl does not start")
        }
        self.base = base
        multi = OpaquePointer(raw)
        ccurl_multi_set_long(raw, CURLMOPT_MAXCONNECTS, connections)
        for _ in 0..<connections {
            let transfer = try Transfer(
                maximumBytes: 1 << 20,
                timeoutMilliseconds: timeoutMilliseconds
            )
            transfer.setHeaders(headers)
            lanes.append(Lane(transfer))
        }
    }

    deinit {
        curl_multi_cleanup(UnsafeMutableRawPointer(multi))
    }

    /// Sends requests on all connections until there is no next one, and hands out each outcome.
    public func run(next: () -> Load?, finished: (Outcome) -> Void) {
        let pointer = UnsafeMutableRawPointer(multi)
        var active = 0
        for lane in lanes where start(lane, next()) { active += 1 }
        while active > 0 {
            var running: Int32 = 0
            curl_multi_perform(pointer, &running)
            var hasFinished = false
            var waiting: Int32 = 0
            while let message = curl_multi_info_read(pointer, &waiting) {
                var code = CURLE_OK
                guard let easy = ccurl_done(message, &code) else { continue }
                hasFinished = true
                let lane = lane(of: easy)
                curl_multi_remove_handle(pointer, easy)
                finished(outcome(of: lane, code))
                if !start(lane, next()) { active -= 1 }
            }
            if !hasFinished, active > 0 { curl_multi_poll(pointer, nil, 0, 1000, nil) }
        }
    }

    private func start(_ lane: Lane, _ load: Load?) -> Bool {
        guard let load else { return false }
        lane.tag = load.tag
        lane.transfer.prepare(load.method, base + load.path, body: load.body)
        lane.startedAt = Self.now()
        curl_multi_add_handle(
            UnsafeMutableRawPointer(multi),
            UnsafeMutableRawPointer(lane.transfer.handle)
        )
        return true
    }

    private func outcome(of lane: Lane, _ code: CURLcode) -> Outcome {
        Outcome(
            tag: lane.tag,
            result: code == CURLE_OK
                ? .success(lane.transfer.response) : .failure(HTTPClientError(code, at: base)),
            nanoseconds: Self.now() - lane.startedAt
        )
    }

    private func lane(of easy: UnsafeMutableRawPointer) -> Lane {
        let handle = OpaquePointer(easy)
        guard let lane = lanes.first(where: { $0.transfer.handle == handle }) else {
            preconditionFailure("every transfer has its lane")
        }
        return lane
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
