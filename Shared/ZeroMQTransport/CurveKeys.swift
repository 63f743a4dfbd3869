import CZeroMQ
public import Contracts
import Crypto
import Glibc
public import Messaging

/// The keys of CURVE: this service's pair and the public keys of all.
public struct CurveKeys: Sendable {
    /// The public keys in Z85, by service.
    public let publicKeys: [ServiceName: String]

    private let publicKey: String
    private let secretKey: String

    /// Reads the keys of a service from a folder: `<service>.secret`, and `<service>.public` of
    /// every service.
    ///
    /// - Throws: A file is missing, is not a key, or a secret can be read by others.
    public init(folder: String, service: ServiceName) throws(TransportError) {
        var publicKeys: [ServiceName: String] = [:]
        for other in ServiceName.allCases {
            publicKeys[other] = try Self.read("\(folder)/\(other.rawValue).public")
        }
        let secretPath = "\(folder)/\(service.rawValue).secret"
        var status = stat()
        guard stat(secretPath, &status) == 0, status.st_mode & 0o077 == 0 else {
            throw TransportError(message: "\(secretPath) is missing, or others can read it")
        }
        secretKey = try Self.read(secretPath)
        self.publicKeys = publicKeys
        publicKey = publicKeys[service] ?? ""
    }

    /// A new pair of keys in Z85.
    public static func generate() throws(TransportError) -> (publicKey: String, secretKey: String) {
        var publicKey = [CChar](repeating: 0, count: 41)
        var secretKey = [CChar](repeating: 0, count: 41)
        guard zmq_curve_keypair(&publicKey, &secretKey) == 0 else {
            throw TransportError.last("make a key pair")
        }
        return (Self.text(publicKey), Self.text(secretKey))
    }

    /// What this service adds to its name as a routing identity at another, and the other expects
    /// of it: only the two can compute it, so that nobody takes the other's place in the routing.
    func proof(with service: ServiceName) -> String {
        var secret = [UInt8](repeating: 0, count: 32)
        var other = [UInt8](repeating: 0, count: 32)
        guard zmq_z85_decode(&secret, secretKey) != nil,
            zmq_z85_decode(&other, publicKeys[service] ?? "") != nil,
            let shared = KeyAgreement.secret(of: secret, with: other)
        else { return "" }
        let digest = SHA256.digest(of: Array("pursestrings routing identity".utf8) + shared)
        return Hex.text(of: Array(digest.prefix(16)))
    }

    func secureServer(_ socket: ZeroMQSocket) throws(TransportError) {
        try socket.set(ZMQ_CURVE_SERVER, 1)
        try socket.set(ZMQ_CURVE_SECRETKEY, text: secretKey)
    }

    func secureClient(_ socket: ZeroMQSocket, to service: ServiceName) throws(TransportError) {
        try socket.set(ZMQ_CURVE_SERVERKEY, text: publicKeys[service] ?? "")
        try socket.set(ZMQ_CURVE_PUBLICKEY, text: publicKey)
        try socket.set(ZMQ_CURVE_SECRETKEY, text: secretKey)
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func read(_ path: String) throws(TransportError) -> String {
        guard let file = fopen(path, "r") else {
            throw TransportError(message: "cannot open the key file \(path)")
        }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 64)
        let count = fread(&buffer, 1, 63, file)
        let text = Self.text(Array(buffer.prefix(count)))
            .split(whereSeparator: \.isWhitespace).first.map(String.init)
        guard let text, text.utf8.count == 40 else {
            throw TransportError(message: "\(path) does not hold a key of 40 characters")
        }
        return text
    }
}
