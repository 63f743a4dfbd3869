import CCurl
import Glibc
import HTTP

/// A client that keeps many connections busy at once, to measure a server.
///
/// One thread drives all connections. Each sends its next request as soon as it has its answer.
public final class LoadClient {
    private struct Slot {
        let transfer: Transfer
        var tag = 0
        var startedAt: UInt64 = 0
    }

    private let timeoutMilliseconds: Int
    private let multi: UnsafeMutableRawPointer
    private let poller: Int32
    private var slots: [Slot] = []
    private var indexes: [UnsafeMutableRawPointer: Int] = [:]
    private var watched: Set<Int32> = []
    private var dueAt: UInt64?

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - connections: The number of connections, each with one request at a time.
    ///   - timeoutMilliseconds: The time that each request has.
    ///   - maximumResponseBytes: The greatest size of an answer's body, and of its headers.
    ///   - wantedHeaders: The names of the answers' header fields to keep.
    public init(
        connections: Int,
        timeoutMilliseconds: Int,
        maximumResponseBytes: Int,
        wantedHeaders: [String] = []
    ) {
        precondition(connections > 0, "a load client has connections")
        self.timeoutMilliseconds = timeoutMilliseconds
        for index in 0..<connections {
            let transfer = Transfer(
                maximumResponseBytes: maximumResponseBytes,
                wantedHeaders: wantedHeaders
            )
            slots.append(Slot(transfer: transfer))
            indexes[transfer.handle] = index
        }
        guard let multi = curl_multi_init() else {
            preconditionFailure("libcurl is out of memory")
        }
        self.multi = multi
        poller = ccurl_poller()
        precondition(poller >= 0, "the process has too many files open")
        ccurl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, connections)
        ccurl_multi_watch(
            multi,
            LoadClient.socketChanged,
            LoadClient.timerChanged,
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    deinit {
        ccurl_multi_watch(multi, nil, nil, nil)
        for slot in slots { curl_multi_remove_handle(multi, slot.transfer.handle) }
        curl_multi_cleanup(multi)
        close(poller)
    }

    /// Sends requests until there are no more and all are answered.
    ///
    /// - Parameters:
    ///   - next: Gives the next request of a connection, or `nil` when that one has done.
    ///   - completed: Takes what became of a request.
    public func run(
        next: (Int) -> LoadRequest?,
        completed: (LoadResult) -> Void
    ) {
        var active = 0
        for index in slots.indices where start(index, next(index)) { active += 1 }
        var running: Int32 = 0
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while active > 0 {
            let count = epoll_wait(poller, &events, Int32(events.count), waitingMilliseconds())
            for event in events.prefix(Int(max(0, count))) {
                let action = LoadClient.action(of: event.events)
                curl_multi_socket_action(multi, event.data.fd, action, &running)
            }
            if let dueAt, dueAt <= LoadClient.now() {
                self.dueAt = nil
                curl_multi_socket_action(multi, LoadClient.timeoutSocket, 0, &running)
            }
            var outcome = CURLE_OK
            while let handle = ccurl_multi_ended(multi, &outcome) {
                guard let index = finish(handle, outcome, completed) else { continue }
                if !start(index, next(index)) { active -= 1 }
            }
        }
    }

    private static let timeoutSocket: Int32 = -1

    private func start(_ index: Int, _ request: LoadRequest?) -> Bool {
        guard let request else { return false }
        slots[index].tag = request.tag
        slots[index].startedAt = LoadClient.now()
        let transfer = slots[index].transfer
        transfer.prepare(
            request.method,
            request.url,
            request.headers,
            request.body,
            timeoutMilliseconds: timeoutMilliseconds
        )
        let code = curl_multi_add_handle(multi, transfer.handle)
        precondition(code == CURLM_OK, "a transfer is started once")
        return true
    }

    private func finish(
        _ handle: UnsafeMutableRawPointer,
        _ outcome: CURLcode,
        _ completed: (LoadResult) -> Void
    ) -> Int? {
        guard let index = indexes[handle] else { return nil }
        let slot = slots[index]
        let latency = LoadClient.now() - slot.startedAt
        curl_multi_remove_handle(multi, handle)
        let answer: Result<Response, HTTPClientError>
        if let error = slot.transfer.error(outcome) {
            answer = .failure(error)
        } else {
            answer = .success(
                Response(
                    status: slot.transfer.status,
                    headers: slot.transfer.takeHeaders(),
                    body: slot.transfer.takeBody()
                )
            )
        }
        completed(
            LoadResult(
                tag: slot.tag,
                connection: index,
                answer: answer,
                latencyNanoseconds: latency
            )
        )
        return index
    }

    private func waitingMilliseconds() -> Int32 {
        guard let dueAt else { return 1000 }
        let now = LoadClient.now()
        return dueAt <= now ? 0 : Int32(clamping: (dueAt - now + 999_999) / 1_000_000)
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func action(of events: UInt32) -> Int32 {
        var action: Int32 = 0
        if events & EPOLLIN.rawValue != 0 { action |= CURL_CSELECT_IN }
        if events & EPOLLOUT.rawValue != 0 { action |= CURL_CSELECT_OUT }
        if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { action |= CURL_CSELECT_ERR }
        return action
    }

    private static let socketChanged: curl_socket_callback = { _, socket, what, context, _ in
        guard let context else { return 0 }
        let client = Unmanaged<LoadClient>.fromOpaque(context).takeUnretainedValue()
        client.watch(socket, what)
        return 0
    }

    private static let timerChanged: curl_multi_timer_callback = { _, milliseconds, context in
        guard let context else { return 0 }
        let client = Unmanaged<LoadClient>.fromOpaque(context).takeUnretainedValue()
        client.dueAt =
            milliseconds < 0 ? nil : LoadClient.now() + UInt64(milliseconds) * 1_000_000
        return 0
    }

    private func watch(_ socket: Int32, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else {
            if watched.remove(socket) != nil { epoll_ctl(poller, EPOLL_CTL_DEL, socket, nil) }
            return
        }
        var event = epoll_event()
        event.data.fd = socket
        if what & CURL_POLL_IN != 0 { event.events |= EPOLLIN.rawValue }
        if what & CURL_POLL_OUT != 0 { event.events |= EPOLLOUT.rawValue }
        let isNew = watched.insert(socket).inserted
        epoll_ctl(poller, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event)
    }
}
