public import Contracts
import JSON
public import Messaging

/// Asks services over a transport, and matches the answers with those who wait.
///
/// Requests that can be merged and are asked within one turn of the loop travel as one envelope.
/// Everything happens on the loop's thread, which is why the class may be called `Sendable`.
public final class BusClient: ServiceClient, @unchecked Sendable {
    /// The greatest number of requests that wait for answers.
    public static let maximumWaiting = 10_000

    /// The time after which an answer is not waited for any more.
    public static let patienceMilliseconds: Int64 = 10_000

    /// The time for which a request waits for a service that is away, as one that restarts is.
    public static let absenceMilliseconds: Int64 = 1000

    /// The greatest number of items of a merged request.
    private static let mergedItems = 256

    /// The size in bytes from which on requests do not travel as one.
    private static let mergedBytes = 1 << 20

    /// The greatest number of envelopes that wait for a service that is away.
    public static let maximumUnsent = 1000

    private enum Answer {
        case envelope(ReceivedEnvelope)
        case part(any Message)
        case failure(AskFailure)
    }

    private typealias Completion = (Answer) -> Void

    /// An envelope that the transport has not taken yet.
    private struct Unsent {
        var bytes: [UInt8]
        var service: ServiceName
        var correlationID: String
        var deadline: Int64
    }

    private let transport: any Transport
    private let environment: any MailroomEnvironment
    private let metrics: Metrics
    private var waiting: [String: Completion] = [:]
    private var deadlines: [(at: Int64, correlationID: String)] = []
    private var firstDeadline = 0
    private var lastCorrelation: UInt64 = 0

    /// What tells this life of the instance from earlier ones.
    ///
    /// A late answer to an earlier life must not be taken for the answer to a new request. With the
    /// count it fits in 15 bytes, which a string holds without an allocation.
    private let origin: String

    /// The requests of each envelope that carries several, by the envelope's correlation.
    private var members: [String: [String]] = [:]
    private var merges: [any PendingMerge] = []
    private var unsent: [Unsent] = []
    private var splitters: [String: (ReceivedEnvelope) throws -> [(String, any Message)]] = [:]

    /// Creates a client.
    public init(
        transport: any Transport,
        environment: any MailroomEnvironment,
        metrics: Metrics
    ) {
        self.transport = transport
        self.environment = environment
        self.metrics = metrics
        // The first one is to be an increase for whoever watches (deploy/alerts.yml).
        metrics.add(0, to: "purse_requests_expired_total")
        let identifier = environment.identifierBytes(at: environment.wireTime())
        origin = String(MessageReference.ID(bytes: identifier).rawValue.suffix(7))
    }

    /// The number of requests that wait for their answers.
    public var waitingCount: Int { waiting.count }

    public func ask<Question: Request>(
        _ request: Question
    ) async throws(AskFailure) -> Question.Reply {
        let traceparent = TraceContext.traceparent
        let requestID = TraceContext.requestID
        // A question needs no identity, and a payment has one of its own.
        let scope =
            request is any Query || request is any MergeableRequest ? nil : OnceScope.current
        let result: Result<Question.Reply, AskFailure> = await withUnsafeContinuation { waiter in
            begin(
                request,
                traceparent: traceparent,
                requestID: requestID,
                scope?.request
            ) { answer in
                if case .envelope(let envelope) = answer, envelope.isReplay { scope?.noteReplay() }
                waiter.resume(returning: Self.reply(Question.Reply.self, of: answer))
            }
        }
        return try result.get()
    }

    /// Takes what has arrived.
    public func take(_ arrivals: [Arrival]) {
        for arrival in arrivals {
            guard let envelope = try? ReceivedEnvelope(bytes: arrival.bytes) else {
                metrics.add(to: "purse_unexpected_answers_total")
                continue
            }
            if envelope.type == Acknowledge.wireName { continue }
            if envelope.type == RequestRefused.wireName,
                let together = members.removeValue(forKey: envelope.correlationID ?? "")
            {
                for correlationID in together {
                    waiting.removeValue(forKey: correlationID)?(.envelope(envelope))
                }
            } else if let split = splitters[envelope.type] {
                guard let parts = try? split(envelope) else { continue }
                for (correlationID, part) in parts {
                    finish(correlationID, .part(part))
                }
            } else if let correlationID = envelope.correlationID {
                finish(correlationID, .envelope(envelope))
            }
        }
    }

    /// Sends what was merged in this turn and what could not be sent earlier, and gives up what has
    /// waited too long.
    public func flush() {
        sendAgain()
        for merge in merges {
            send(merge)
        }
        merges.removeAll(keepingCapacity: true)
        let now = environment.uptimeMicroseconds()
        while firstDeadline < deadlines.count, deadlines[firstDeadline].at <= now {
            let correlationID = deadlines[firstDeadline].correlationID
            firstDeadline += 1
            members[correlationID] = nil
            guard let completion = waiting.removeValue(forKey: correlationID) else { continue }
            metrics.add(to: "purse_requests_expired_total")
            completion(.failure(.noAnswer))
        }
        if firstDeadline > 4096 {
            deadlines.removeFirst(firstDeadline)
            firstDeadline = 0
        }
    }

    private func begin<Question: Request>(
        _ request: Question,
        traceparent: String?,
        requestID: String?,
        _ identity: RequestIdentity?,
        _ completion: @escaping Completion
    ) {
        guard waiting.count < Self.maximumWaiting else { return completion(.failure(.overloaded)) }
        let correlationID = nextCorrelationID()
        waiting[correlationID] = completion
        deadlines.append((deadline(), correlationID))
        if let request = request as? any MergeableRequest {
            merge(
                request,
                correlationID: correlationID,
                traceparent: traceparent,
                requestID: requestID
            )
            return
        }
        send(
            request,
            as: correlationID,
            traceparent: traceparent,
            requestID: requestID,
            identity
        )
    }

    private func nextCorrelationID() -> String {
        lastCorrelation += 1
        return origin + String(lastCorrelation, radix: 32)
    }

    private func deadline() -> Int64 {
        environment.uptimeMicroseconds() + Self.patienceMilliseconds * 1000
    }

    private func merge<Question: MergeableRequest>(
        _ request: Question,
        correlationID: String,
        traceparent: String?,
        requestID: String?
    ) {
        var request = request
        let address = ReturnAddress(instance: transport.instance, correlationID: correlationID)
        request.setReturnAddress(address)
        if splitters[Question.Reply.wireName] == nil {
            splitters[Question.Reply.wireName] = { envelope in
                try envelope.decode(Question.Reply.self).answers().map { ($0, $1 as any Message) }
            }
        }
        for case let merge as Merge<Question> in merges
        where merge.traceparent == traceparent
            && merge.itemCount + request.itemCount <= Self.mergedItems
        {
            merge.append(request, correlationID: correlationID, requestID: requestID)
            return
        }
        let merge = Merge<Question>(traceparent: traceparent)
        merge.append(request, correlationID: correlationID, requestID: requestID)
        merges.append(merge)
    }

    /// Sends requests as one envelope, or as several when it would be too large.
    private func send(_ merge: any PendingMerge) {
        let together = merge.correlationIDs
        guard together.count > 1 else {
            return send(
                merge.body,
                as: together[0],
                traceparent: merge.traceparent,
                requestID: merge.requestID
            )
        }
        // The envelope is known by a name of its own, so that a refusal of it is none of a member.
        let correlationID = nextCorrelationID()
        let bytes = envelope(
            of: merge.body,
            as: correlationID,
            traceparent: merge.traceparent,
            requestID: merge.requestID
        )
        if bytes.count > Self.mergedBytes {
            for half in merge.halves() { send(half) }
            return
        }
        members[correlationID] = together
        deadlines.append((deadline(), correlationID))
        send(bytes, to: merge.service, correlationID: correlationID)
    }

    /// Sends what was not taken, oldest first, and refuses what has waited as long as it may.
    private func sendAgain() {
        guard !unsent.isEmpty else { return }
        let now = environment.uptimeMicroseconds()
        let waiting = unsent
        unsent = []
        var absent: Set<ServiceName> = []
        for envelope in waiting {
            if !absent.contains(envelope.service),
                (try? transport.send(envelope.bytes, to: envelope.service)) ?? false
            {
                continue
            }
            absent.insert(envelope.service)
            if envelope.deadline <= now {
                refuse(envelope.correlationID)
            } else {
                unsent.append(envelope)
            }
        }
    }

    /// Says of an envelope's requests that they never left.
    private func refuse(_ correlationID: String) {
        for member in members.removeValue(forKey: correlationID) ?? [correlationID] {
            finish(member, .failure(.overloaded))
        }
    }

    private func send(
        _ body: some Request,
        as correlationID: String,
        traceparent: String?,
        requestID: String?,
        _ identity: RequestIdentity? = nil
    ) {
        let bytes = envelope(
            of: body,
            as: correlationID,
            traceparent: traceparent,
            requestID: requestID,
            identity
        )
        guard bytes.count <= ReceivedEnvelope.maximumByteCount else {
            let message = "The request is too large; ask for less at once."
            let refusal = RequestRefused(.invalidRequest, message: message)
            return finish(correlationID, .failure(.refused(refusal)))
        }
        send(bytes, to: body.receiver, correlationID: correlationID)
    }

    private func envelope(
        of body: some Message,
        as correlationID: String,
        traceparent: String?,
        requestID: String?,
        _ identity: RequestIdentity? = nil
    ) -> [UInt8] {
        let now = environment.wireTime()
        let envelope = Envelope(
            id: MessageReference.ID(bytes: environment.identifierBytes(at: now)),
            source: transport.instance,
            replyTo: transport.instance,
            correlationID: correlationID,
            traceparent: traceparent,
            requestID: requestID,
            identity: identity,
            sentAt: now,
            payload: body
        )
        guard let bytes = try? JSON.encode(envelope) else {
            preconditionFailure("a message of a contract can be encoded")
        }
        return bytes
    }

    private func send(_ bytes: [UInt8], to service: ServiceName, correlationID: String) {
        metrics.add(to: "purse_messages_sent_total")
        if (try? transport.send(bytes, to: service)) ?? false { return }
        guard unsent.count < Self.maximumUnsent else { return refuse(correlationID) }
        let deadline = environment.uptimeMicroseconds() + Self.absenceMilliseconds * 1000
        unsent.append(
            Unsent(
                bytes: bytes,
                service: service,
                correlationID: correlationID,
                deadline: deadline
            )
        )
    }

    private func finish(_ correlationID: String, _ answer: Answer) {
        guard let completion = waiting.removeValue(forKey: correlationID) else {
            metrics.add(to: "purse_unexpected_answers_total")
            return
        }
        completion(answer)
    }

    private static func reply<Reply: Message>(
        _ type: Reply.Type,
        of answer: Answer
    ) -> Result<Reply, AskFailure> {
        switch answer {
        case .failure(let failure):
            return .failure(failure)
        case .part(let part):
            guard let reply = part as? Reply else { return .failure(.noAnswer) }
            return .success(reply)
        case .envelope(let envelope):
            if envelope.type == RequestRefused.wireName,
                let refusal = try? envelope.decode(RequestRefused.self)
            {
                return .failure(.refused(refusal))
            }
            guard envelope.type == Reply.wireName, let reply = try? envelope.decode(type) else {
                return .failure(.noAnswer)
            }
            return .success(reply)
        }
    }
}

/// Requests of one type that will travel as one envelope.
private protocol PendingMerge: AnyObject {
    var body: any Request { get }
    var service: ServiceName { get }
    var correlationIDs: [String] { get }
    var traceparent: String? { get }
    var requestID: String? { get }

    /// The requests in two parts, in order.
    ///
    /// - Precondition: There are two.
    func halves() -> [any PendingMerge]
}

private final class Merge<Question: MergeableRequest>: PendingMerge {
    private(set) var requests: [Question] = []
    private(set) var correlationIDs: [String] = []
    private(set) var itemCount = 0
    private var requestIDs: [String?] = []
    let traceparent: String?

    init(traceparent: String?) {
        self.traceparent = traceparent
    }

    func append(_ request: Question, correlationID: String, requestID: String?) {
        requests.append(request)
        requestIDs.append(requestID)
        correlationIDs.append(correlationID)
        itemCount += request.itemCount
    }

    var body: any Request {
        var merged = requests[0]
        for request in requests.dropFirst() {
            merged.merge(request)
        }
        return merged
    }

    var service: ServiceName { Question.service }

    /// The client's request, if all are of one.
    var requestID: String? {
        requestIDs.allSatisfy { $0 == requestIDs[0] } ? requestIDs[0] : nil
    }

    func halves() -> [any PendingMerge] {
        let middle = requests.count / 2
        return [0..<middle, middle..<requests.count].map { range in
            let half = Merge(traceparent: traceparent)
            for index in range {
                half.append(
                    requests[index],
                    correlationID: correlationIDs[index],
                    requestID: requestIDs[index]
                )
            }
            return half
        }
    }
}
