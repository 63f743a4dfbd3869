import Contracts
import Foundation
import ZeroMQTransport

/// A folder that is removed with the object.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/purse-\(UUID().uuidString.prefix(13))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }

    func writeKeys(of services: [ServiceName]) throws {
        for service in services {
            let pair = try CurveKeys.generate()
            try write(pair.secretKey + "\n", to: "\(service.rawValue).secret")
            try write(pair.publicKey + "\n", to: "\(service.rawValue).public")
        }
    }

    func copyPublicKey(of service: ServiceName, from other: TemporaryFolder) throws {
        let name = "\(service.rawValue).public"
        try write(String(contentsOfFile: "\(other.path)/\(name)", encoding: .utf8), to: name)
    }
}
