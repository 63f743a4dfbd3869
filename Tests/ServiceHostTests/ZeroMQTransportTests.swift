import Contracts
import Foundation
import Messaging
import Testing
import ZeroMQTransport

@Suite(.serialized) struct `The ZeroMQ transport` {
    @Test func `messages go both ways over ipc`() throws {
        let folder = try TemporaryFolder()
        let mailbox = "ipc://\(folder.path)/bus/policy.sock"
        let service = try ZeroMQTransport(instance: "policy-1", mailbox: mailbox, peers: [:])
        let client = try ZeroMQTransport(
            instance: "gateway-1",
            mailbox: nil,
            peers: [.policy: mailbox]
        )
        try exchange(between: client, and: service)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/bus")
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func `messages go both ways over tcp with keys`() throws {
        let folder = try TemporaryFolder()
        try folder.writeKeys(of: ServiceName.allCases)
        let service = try ZeroMQTransport(
            instance: "policy-1",
            mailbox: "tcp://127.0.0.1:*",
            peers: [:],
            keys: CurveKeys(folder: folder.path, service: .policy)
        )
        let client = try ZeroMQTransport(
            instance: "gateway-1",
            mailbox: nil,
            peers: [.policy: #require(service.mailboxEndpoint)],
            keys: CurveKeys(folder: folder.path, service: .gateway)
        )
        try exchange(between: client, and: service)
    }

    @Test func `a key that is not in the folder does not get in`() throws {
        let folder = try TemporaryFolder()
        try folder.writeKeys(of: ServiceName.allCases)
        let stranger = try TemporaryFolder()
        try stranger.writeKeys(of: ServiceName.allCases)
        try stranger.copyPublicKey(of: .policy, from: folder)
        try expectSilence(serverKeys: folder, clientKeys: stranger, instance: "gateway-1")
    }

    @Test func `a key names its service, whatever name comes with it`() throws {
        let folder = try TemporaryFolder()
        try folder.writeKeys(of: ServiceName.allCases)
        let service = try ZeroMQTransport(
            instance: "settlement-1",
            mailbox: "tcp://127.0.0.1:*",
            peers: [:],
            keys: CurveKeys(folder: folder.path, service: .settlement)
        )
        let mailbox = try #require(service.mailboxEndpoint)
        func client(_ name: String, _ key: ServiceName) throws -> ZeroMQTransport {
            try ZeroMQTransport(
                instance: name,
                mailbox: nil,
                peers: [.settlement: mailbox],
                keys: CurveKeys(folder: folder.path, service: key)
            )
        }
        let policy = try client("policy-1", .policy)
        try send([1], from: policy, to: .settlement)
        let first = try #require(try arrival(at: service))
        #expect(first.source == .mailbox(instance: "policy-1", from: .service(.policy)))
        let thief = try client("policy-1", .notifier)
        try send([2], from: thief, to: .settlement)
        let second = try #require(try arrival(at: service))
        guard case .mailbox(_, from: let peer) = second.source else { return }
        #expect(peer == .service(.notifier))
        // What is for Policy goes to Policy, though another calls itself by its name.
        #expect(try service.reply([7], to: "policy-1"))
        #expect(try arrival(at: policy)?.bytes == [7])
        #expect(try arrival(at: thief, patienceMilliseconds: 50) == nil)
    }

    @Test func `refused connections are counted`() throws {
        let folder = try TemporaryFolder()
        try folder.writeKeys(of: ServiceName.allCases)
        let stranger = try TemporaryFolder()
        try stranger.writeKeys(of: ServiceName.allCases)
        let service = try ZeroMQTransport(
            instance: "policy-1",
            mailbox: "tcp://127.0.0.1:*",
            peers: [:],
            keys: CurveKeys(folder: folder.path, service: .policy)
        )
        let client = try ZeroMQTransport(
            instance: "gateway-1",
            mailbox: nil,
            peers: [.policy: #require(service.mailboxEndpoint)],
            keys: CurveKeys(folder: stranger.path, service: .gateway)
        )
        for _ in 0..<500 where service.refusedConnections == 0 {
            _ = try client.send([1], to: .policy)
            _ = try arrival(at: service, patienceMilliseconds: 10)
        }
        #expect(service.refusedConnections > 0)
    }

    @Test func `a client without keys does not get in`() throws {
        let folder = try TemporaryFolder()
        try folder.writeKeys(of: ServiceName.allCases)
        try expectSilence(serverKeys: folder, clientKeys: nil, instance: "gateway-1")
    }

    @Test(arguments: [
        "tcp://0.0.0.0:7101", "tcp://*:7101", "tcp://10.0.0.1:7101", "tcp://policy:7101",
        "tcp://127.example.com:7101", "tcp://[::]:7101",
    ])
    func `plaintext off loopback is refused`(endpoint: String) {
        #expect(throws: TransportError.self) {
            try ZeroMQTransport(instance: "policy-1", mailbox: endpoint, peers: [:])
        }
        #expect(throws: TransportError.self) {
            try ZeroMQTransport(instance: "policy-1", mailbox: nil, peers: [.policy: endpoint])
        }
    }

    @Test func `a mailbox belongs to one process`() throws {
        let folder = try TemporaryFolder()
        let mailbox = "ipc://\(folder.path)/policy.sock"
        let first = try ZeroMQTransport(instance: "policy-1", mailbox: mailbox, peers: [:])
        #expect(throws: TransportError.self) {
            try ZeroMQTransport(instance: "policy-1", mailbox: mailbox, peers: [:])
        }
        withExtendedLifetime(first) {}
    }

    @Test func `nothing waits for a service that is away`() throws {
        let folder = try TemporaryFolder()
        let client = try ZeroMQTransport(
            instance: "gateway-1",
            mailbox: nil,
            peers: [.policy: "ipc://\(folder.path)/nobody.sock"]
        )
        #expect(try !client.send([1], to: .policy))
        #expect(try !client.send([1], to: .settlement))
        let service = try ZeroMQTransport(
            instance: "policy-1",
            mailbox: "ipc://\(folder.path)/policy.sock",
            peers: [:]
        )
        #expect(try !service.reply([1], to: "gateway-9"))
    }

    @Test func `an instance that comes back takes its name over`() throws {
        let folder = try TemporaryFolder()
        let mailbox = "ipc://\(folder.path)/policy.sock"
        let service = try ZeroMQTransport(instance: "policy-1", mailbox: mailbox, peers: [:])
        for _ in 0..<3 {
            let client = try ZeroMQTransport(
                instance: "gateway-1",
                mailbox: nil,
                peers: [.policy: mailbox]
            )
            try exchange(between: client, and: service)
        }
    }

    @Test func `a large message arrives and too large a one does not stop the service`() throws {
        let folder = try TemporaryFolder()
        let mailbox = "ipc://\(folder.path)/policy.sock"
        let service = try ZeroMQTransport(instance: "policy-1", mailbox: mailbox, peers: [:])
        let client = try ZeroMQTransport(
            instance: "gateway-1",
            mailbox: nil,
            peers: [.policy: mailbox]
        )
        try send([UInt8](repeating: 7, count: 10 << 20), from: client, to: .policy)
        #expect(try arrival(at: service)?.bytes.count == 10 << 20)
        try send([UInt8](repeating: 7, count: 20 << 20), from: client, to: .policy)
        #expect(try arrival(at: service, patienceMilliseconds: 300) == nil)
        let other = try ZeroMQTransport(
            instance: "gateway-2",
            mailbox: nil,
            peers: [.policy: mailbox]
        )
        try exchange(between: other, and: service)
    }

    // MARK: Steps

    private func exchange(
        between client: ZeroMQTransport,
        and service: ZeroMQTransport
    ) throws {
        try send([1, 2, 3], from: client, to: .policy)
        let request = try #require(try arrival(at: service))
        let isFromGateway =
            request.source == .mailbox(instance: client.instance)
            || request.source == .mailbox(instance: client.instance, from: .service(.gateway))
        #expect(isFromGateway)
        #expect(request.bytes == [1, 2, 3])
        #expect(try service.reply([4], to: client.instance))
        let reply = try #require(try arrival(at: client))
        #expect(reply.source == .service(.policy))
        #expect(reply.bytes == [4])
    }

    /// Sends as soon as there is a connection.
    private func send(
        _ bytes: [UInt8],
        from transport: ZeroMQTransport,
        to service: ServiceName
    ) throws {
        for _ in 0..<500 {
            if try transport.send(bytes, to: service) { return }
            _ = try transport.receive(limit: 1, waitingMilliseconds: 10)
        }
        Issue.record("there is no connection to \(service.rawValue)")
    }

    private func arrival(
        at transport: ZeroMQTransport,
        patienceMilliseconds: Int = 5000
    ) throws -> Arrival? {
        try transport.receive(limit: 1, waitingMilliseconds: patienceMilliseconds).first
    }

    private func expectSilence(
        serverKeys: TemporaryFolder,
        clientKeys: TemporaryFolder?,
        instance: String
    ) throws {
        let service = try ZeroMQTransport(
            instance: "policy-1",
            mailbox: "tcp://127.0.0.1:*",
            peers: [:],
            keys: CurveKeys(folder: serverKeys.path, service: .policy)
        )
        let keys = try clientKeys.map { try CurveKeys(folder: $0.path, service: .gateway) }
        let client = try ZeroMQTransport(
            instance: instance,
            mailbox: nil,
            peers: [.policy: #require(service.mailboxEndpoint)],
            keys: keys
        )
        for _ in 0..<40 {
            _ = try client.send([1], to: .policy)
            #expect(try arrival(at: service, patienceMilliseconds: 10) == nil)
        }
    }
}
