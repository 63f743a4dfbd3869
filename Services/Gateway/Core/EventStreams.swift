import APIObjects
public import Contracts
public import HTTP
import JSON
public import Messaging

/// Those who listen to events, and one question to Notifier for all of an organisation's.
///
/// A listener that is behind is served on its own until it has caught up; after that it costs a
/// place in a list. It belongs to the loop's thread.
public final class EventStreams: @unchecked Sendable {
    // Its tasks run on the loop's thread only, like everything of the gateway.

    /// The greatest number of listeners.
    public static let maximumListeners = 6000

    static let heartbeatMilliseconds: Int64 = 15_000
    private static let pollMilliseconds: Int64 = 300
    private static let sweepMilliseconds: Int64 = 1000
    private static let questionsAtOnce = 32

    /// The events that one who is behind is told at once, and the pause until the next of his
    /// organisation: whoever reads a whole log leaves time for others.
    private static let pageOfPast = 32
    private static let pauseMilliseconds: Int64 = 10

    /// The place after which no log has an event.
    private static let present: Int64 = 1 << 60
    private static let comfortableBytes = 64 << 10

    /// Those of an organisation who are behind, who take turns.
    private struct Past {
        var numbers: [Int] = []
        var isAsking = false
        var resumeAt: Int64 = 0
    }

    /// What is read for all listeners of an organisation that are not behind.
    private struct Feed {
        var cursor: Int64
        var isAsking = false
        var pollAt: Int64 = 0
    }

    private let services: any ServiceClient
    private let limiter: Limiter
    private let keys: KeyStore
    private let backlog: StreamBacklog
    private let start: (@escaping @Sendable () async -> Void) -> Void
    private var listeners: [Int: EventListener] = [:]
    private var members: [Organisation.ID: Set<Int>] = [:]
    private var feeds: [Organisation.ID: Feed] = [:]
    private var behind: [Organisation.ID: Past] = [:]
    private var nextNumber = 0
    private var questions = 0
    private var sweepAt: Int64 = 0
    private var now: Int64 = 0

    /// Until when it was looked who was revoked.
    private var revokedUntil: Timestamp?

    /// How far the clock of another gateway, or one that looks away, may be behind.
    private static let revocationMilliseconds: Int64 = 60_000

    /// Creates a place to listen at.
    ///
    /// - Parameters:
    ///   - services: The services.
    ///   - limiter: What bounds the listeners.
    ///   - keys: What tells whose key was revoked.
    ///   - start: Runs something on the loop's thread.
    public init(
        services: any ServiceClient,
        limiter: Limiter,
        keys: KeyStore,
        start: @escaping (@escaping @Sendable () async -> Void) -> Void
    ) {
        self.services = services
        self.limiter = limiter
        self.keys = keys
        let bytes = limiter.limits.streamBytes
        backlog = StreamBacklog(maximumBytes: bytes == 0 ? Int.max : bytes)
        self.start = start
    }

    /// The number of listeners.
    public var listenerCount: Int { listeners.count }

    /// The number of bytes that wait for listeners who are slow.
    public var waitingBytes: Int { backlog.bytes }

    /// The milliseconds after the last ``tick(at:)`` until somebody who is behind goes on, or `nil`
    /// when nobody does by time alone.
    public var patienceMilliseconds: Int? {
        let next = behind.values.lazy
            .filter { !$0.isAsking && $0.numbers.contains(where: self.isReady) }
            .map(\.resumeAt).min()
        return next.map { Int(max(0, $0 - now)) }
    }

    /// Makes a stream for a listener.
    public func stream() -> ResponseStream {
        ResponseStream(in: backlog)
    }

    /// Adds a listener.
    ///
    /// - Throws: 429 when its key or its organisation has as many as it may; 503 when there is no
    ///   room at all.
    public func add(_ listener: EventListener) throws(APIFailure) {
        try checkRoom(for: listener)
        guard listeners.count < Self.maximumListeners else {
            throw APIFailure(
                503,
                "overloaded",
                "There are too many event streams already; repeat later.",
                retryAfterSeconds: 5
            )
        }
        var listener = listener
        listener.heartbeatAt = now + Self.heartbeatMilliseconds
        listener.stream.send(Array(": listening\n\n".utf8))
        listeners[nextNumber] = listener
        members[listener.organisation, default: []].insert(nextNumber)
        behind[listener.organisation, default: Past()].numbers.append(nextNumber)
        nextNumber += 1
    }

    private func checkRoom(for listener: EventListener) throws(APIFailure) {
        let limits = limiter.limits
        var sweeps = 1
        while true {
            let others = members[listener.organisation] ?? []
            let own = others.count { listeners[$0]?.key == listener.key }
            let keyIsFull = limits.keyStreams > 0 && own >= limits.keyStreams
            let isFull =
                limits.organisationStreams > 0 && others.count >= limits.organisationStreams
            guard keyIsFull || isFull else { return }
            if sweeps == 0 {
                let who = keyIsFull ? "The key" : "The organisation"
                throw limiter.tooMany(
                    "streams",
                    "\(who) has as many event streams open as it may.",
                    milliseconds: 5000
                )
            }
            sweeps -= 1
            for number in others where listeners[number]?.stream.isAbandoned == true {
                remove(number)
            }
        }
    }

    /// Ends what a key listens to.
    public func end(of key: APIKey.ID) {
        for number in listeners.keys.sorted() where listeners[number]?.key == key { remove(number) }
    }

    /// Does what is due at a time: questions, heartbeats, and the removal of who has gone.
    public func tick(at milliseconds: Int64) {
        now = milliseconds
        guard !listeners.isEmpty else { return }
        for organisation in behind.keys where questions < Self.questionsAtOnce {
            catchUp(organisation)
        }
        for (organisation, feed) in feeds
        where feed.pollAt <= now && !feed.isAsking && questions < Self.questionsAtOnce {
            poll(organisation, after: feed.cursor)
        }
        guard now >= sweepAt else { return }
        sweepAt = now + Self.sweepMilliseconds
        endRevoked()
        let time = keys.environment.now()
        for number in listeners.keys.sorted() {
            if let end = listeners[number]?.endsAt, end <= time { remove(number) }
            sweep(number)
        }
    }

    // MARK: Those who are behind

    /// Asks for the next of an organisation's listeners that can take more, if the last one's
    /// pause is over.
    private func catchUp(_ organisation: Organisation.ID) {
        guard var past = behind[organisation] else { return }
        past.numbers.removeAll { listeners[$0] == nil }
        behind[organisation] = past.numbers.isEmpty ? nil : past
        // Who begins at the present asks for no event, and waits for nobody's turn.
        for number in past.numbers where listeners[number]?.cursor == nil && isReady(number) {
            if questions < Self.questionsAtOnce { ask(for: number) }
        }
        guard !past.isAsking, past.resumeAt <= now,
            let place = past.numbers.firstIndex(where: { number in
                listeners[number]?.cursor != nil && isReady(number)
            })
        else { return }
        let number = past.numbers.remove(at: place)
        past.numbers.append(number)
        past.isAsking = true
        behind[organisation] = past
        ask(for: number)
    }

    private func ask(for number: Int) {
        guard let listener = listeners[number] else { return }
        listeners[number]?.isAsking = true
        questions += 1
        let question = ListEvents(
            organisation: listener.organisation,
            after: listener.cursor ?? Self.present,
            type: listener.type,
            wallet: listener.wallet,
            limit: Self.pageOfPast
        )
        start { await self.answer(question, number) }
    }

    private func isReady(_ number: Int) -> Bool {
        guard let listener = listeners[number] else { return false }
        return !listener.isAsking && listener.askAt <= now
            && listener.stream.waitingBytes < Self.comfortableBytes
    }

    private func answer(_ question: ListEvents, _ number: Int) async {
        let list = try? await services.ask(question)
        questions -= 1
        if question.after < Self.present {
            behind[question.organisation]?.isAsking = false
            behind[question.organisation]?.resumeAt = now + Self.pauseMilliseconds
        }
        guard var listener = listeners[number] else { return }
        listener.isAsking = false
        guard let list else {
            listener.askAt = now + Self.sweepMilliseconds
            listeners[number] = listener
            return
        }
        for event in list.events {
            let text = Self.text(of: event, for: listener.wallet)
            if !listener.write(event, text, at: now) { return remove(number) }
        }
        let last = list.lastSequence ?? 0
        if list.hasMore {
            listener.cursor = max(listener.cursor ?? 0, list.next ?? 0)
        } else {
            listener.cursor = max(listener.cursor ?? last, last)
            join(&listener, number)
        }
        listeners[number] = listener
    }

    /// Hands a listener over to the feed of its organisation, unless that is ahead of it.
    private func join(_ listener: inout EventListener, _ number: Int) {
        let cursor = listener.cursor ?? 0
        let feed = feeds[listener.organisation] ?? Feed(cursor: cursor)
        feeds[listener.organisation] = feed
        guard feed.cursor <= cursor else { return }
        listener.isBehind = false
        behind[listener.organisation]?.numbers.removeAll { $0 == number }
    }

    // MARK: Those who are not

    private func poll(_ organisation: Organisation.ID, after cursor: Int64) {
        feeds[organisation]?.isAsking = true
        questions += 1
        let question = ListEvents(organisation: organisation, after: cursor, limit: 100)
        start { await self.answer(question) }
    }

    private func answer(_ question: ListEvents) async {
        let list = try? await services.ask(question)
        questions -= 1
        let organisation = question.organisation
        guard var feed = feeds[organisation] else { return }
        feed.isAsking = false
        feed.pollAt = now + (list?.hasMore == true ? 0 : Self.pollMilliseconds)
        let numbers = (members[organisation] ?? []).sorted()
        for event in list?.events ?? [] {
            let text = Self.text(of: event, for: nil)
            for number in numbers where listeners[number]?.isBehind == false {
                // Nearly everybody reads the same; a wallet has its own view of its payments.
                let wallet = listeners[number]?.wallet
                let isParty = wallet.map(event.event.wallets.contains) == true
                let own = isParty ? Self.text(of: event, for: wallet) : text
                if listeners[number]?.write(event, own, at: now) == false { remove(number) }
            }
            feed.cursor = event.sequence
        }
        if members[organisation] != nil { feeds[organisation] = feed }
    }

    // MARK: All

    /// Ends what revoked keys listen to, also those that another gateway has revoked, or that were
    /// revoked while the stream was opened.
    private func endRevoked() {
        let time = keys.environment.now()
        let since = min(revokedUntil ?? time, time)
            .advanced(byMilliseconds: -Self.revocationMilliseconds)
        // What cannot be read now is read at the next sweep, from the same instant.
        guard let revoked = try? keys.keysRevoked(since: since) else { return }
        revokedUntil = time
        let gone = Set(revoked)
        guard !gone.isEmpty else { return }
        for number in listeners.keys.sorted() {
            if let key = listeners[number]?.key, gone.contains(key) { remove(number) }
        }
    }

    private func sweep(_ number: Int) {
        guard let listener = listeners[number] else { return }
        if listener.stream.isClosed { return remove(number) }
        guard listener.heartbeatAt <= now else { return }
        listeners[number]?.heartbeatAt = now + Self.heartbeatMilliseconds
        if !listener.stream.send(Array(": still here\n\n".utf8)) { remove(number) }
    }

    /// Forgets a listener, whose client begins again after the last event that it has seen.
    private func remove(_ number: Int) {
        guard let listener = listeners.removeValue(forKey: number) else { return }
        listener.stream.end()
        behind[listener.organisation]?.numbers.removeAll { $0 == number }
        members[listener.organisation]?.remove(number)
        if members[listener.organisation]?.isEmpty == true {
            members[listener.organisation] = nil
            feeds[listener.organisation] = nil
        }
    }

    private static func text(of event: SequencedEvent, for reader: Wallet.ID?) -> [UInt8] {
        let head = "id: \(event.sequence)\nevent: \(event.event.type.rawValue)\ndata: "
        let data = JSONValue.object(Rendering.event(event, for: reader)).bytes()
        return Array(head.utf8) + data + Array("\n\n".utf8)
    }
}
