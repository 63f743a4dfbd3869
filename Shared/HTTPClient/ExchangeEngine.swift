import CCurl
import Glibc
import HTTP
import Messaging
import Synchronization

/// The thread of an HTTP port.
///
/// Orders and results are handed over under a lock; everything else belongs to the thread.
final class ExchangeEngine: @unchecked Sendable {
    private struct Desk {
        var orders: [HTTPExchange] = []
        var results: [HTTPExchangeResult] = []
        var isEnding = false
    }

    /// One request on its way.
    private struct Work {
        var order: HTTPExchange
        var transfer: Transfer
        var startedAt: Int64
    }

    /// What can be read when there are results.
    let fileDescriptor: Int32

    private let wakingDescriptor: Int32
    private let desk = Mutex(Desk())
    private let multi: UnsafeMutableRawPointer
    private let simultaneous: Int
    private let addressGuard: AddressGuard
    private var work: [UnsafeMutableRawPointer: Work] = [:]
    private var waiting: [HTTPExchange] = []
    private var idle: [Transfer] = []
    private var thread = pthread_t()

    init(simultaneous: Int, addressGuard: AddressGuard) {
        precondition(simultaneous > 0, "a port does something")
        self.simultaneous = simultaneous
        self.addressGuard = addressGuard
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "a pipe can be opened")
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        fileDescriptor = ends[0]
        wakingDescriptor = ends[1]
        // The library is initialised before its first handle is made.
        idle = [Transfer(maximumResponseBytes: 0, wantedHeaders: ["Retry-After"])]
        idle.removeAll()
        guard let multi = curl_multi_init() else {
            preconditionFailure("libcurl is out of memory")
        }
        self.multi = multi
        ccurl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, simultaneous)
    }

    deinit {
        for (handle, _) in work { curl_multi_remove_handle(multi, handle) }
        work.removeAll()
        idle.removeAll()
        curl_multi_cleanup(multi)
        close(fileDescriptor)
        close(wakingDescriptor)
    }

    func start() {
        let code = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<ExchangeEngine>.fromOpaque(context).takeUnretainedValue().run()
                return nil
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
        precondition(code == 0, "a thread can be started")
    }

    /// Waits until the thread has ended; requests on their way are dropped.
    func stop() {
        desk.withLock { $0.isEnding = true }
        curl_multi_wakeup(multi)
        pthread_join(thread, nil)
    }

    func take(_ order: HTTPExchange) {
        desk.withLock { $0.orders.append(order) }
        curl_multi_wakeup(multi)
    }

    func takeResults() -> [HTTPExchangeResult] {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(fileDescriptor, &bytes, bytes.count) == bytes.count {}
        return desk.withLock { desk in
            defer { desk.results = [] }
            return desk.results
        }
    }

    /// Makes the descriptor readable.
    func signal() {
        var one: UInt8 = 1
        write(wakingDescriptor, &one, 1)
    }

    // MARK: The thread

    private func run() {
        var running: Int32 = 0
        while true {
            let isEnding = desk.withLock { desk in
                waiting += desk.orders
                desk.orders = []
                return desk.isEnding
            }
            if isEnding { return }
            while work.count < simultaneous, !waiting.isEmpty { begin(waiting.removeFirst()) }
            curl_multi_perform(multi, &running)
            collect()
            if work.count < simultaneous, !waiting.isEmpty { continue }
            curl_multi_poll(multi, nil, 0, 10_000, nil)
        }
    }

    private func begin(_ order: HTTPExchange) {
        let transfer =
            idle.popLast()
            ?? Transfer(
                maximumResponseBytes: 0,
                wantedHeaders: ["Retry-After"],
                addressGuard: addressGuard
            )
        transfer.maximumResponseBytes = order.maximumBytes
        var headers = Headers()
        for field in order.headers where field.count == 2 { headers.add(field[0], field[1]) }
        transfer.prepare(
            Method(order.method),
            order.url,
            headers,
            order.body,
            timeoutMilliseconds: order.timeoutMilliseconds,
            isSentOnce: order.isSentOnce,
            keptBytes: max(0, order.keptBytes),
            isHashed: order.wantsDigest
        )
        work[transfer.handle] = Work(order: order, transfer: transfer, startedAt: Self.now())
        curl_multi_add_handle(multi, transfer.handle)
    }

    private func collect() {
        var results: [HTTPExchangeResult] = []
        var outcome = CURLE_OK
        while let handle = ccurl_multi_ended(multi, &outcome) {
            guard let done = work.removeValue(forKey: handle) else { continue }
            curl_multi_remove_handle(multi, handle)
            results.append(Self.result(of: done, outcome))
            idle.append(done.transfer)
        }
        guard !results.isEmpty else { return }
        desk.withLock { $0.results += results }
        signal()
    }

    /// An answer that is longer than may be is an answer all the same.
    private static func result(of done: Work, _ outcome: CURLcode) -> HTTPExchangeResult {
        let transfer = done.transfer
        let order = done.order
        let isAnswered = outcome == CURLE_OK || transfer.isTooLarge
        let body = transfer.takeBody()
        let digest = transfer.takeDigest()
        let isComplete = outcome == CURLE_OK
        return HTTPExchangeResult(
            id: order.id,
            status: isAnswered ? transfer.status : nil,
            retryAfter: isAnswered ? transfer.takeHeaders()["Retry-After"] : nil,
            body: body,
            byteCount: transfer.byteCount,
            isComplete: isComplete,
            digest: isComplete ? digest : nil,
            milliseconds: now() - done.startedAt,
            failure: isAnswered ? nil : failure(of: transfer, outcome)
        )
    }

    private static func failure(of transfer: Transfer, _ outcome: CURLcode) -> String {
        if let refusal = transfer.refusal { return refusal }
        let code = transfer.error(outcome)?.code
        return switch code {
        case .invalidURL: "the URL cannot be used"
        case .unreachable: "nothing answers there"
        case .timedOut: "the time was over"
        case .untrusted: "the certificate is not trusted"
        case .tooLarge, .broken, nil: "the connection was lost or did not speak HTTP"
        }
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
