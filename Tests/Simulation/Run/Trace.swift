import Contracts
import Messaging

/// What happened in a run: a digest of all of it, and the last messages in words.
public final class Trace {
    /// Takes each line, when somebody wants to have the whole of it.
    var writer: ((String) -> Void)?

    /// A digest of everything that was traced so far (FNV-1a).
    public private(set) var digest: UInt64 = 0xcbf2_9ce4_8422_2325

    /// What must be in no message, and was: a key of the API.
    private(set) var leak: String?

    private static let kept = 60
    private static let secret = Array("purse_".utf8)

    private enum Line {
        case message(bytes: [UInt8], from: String, to: String)
        case note(String)
    }

    private var lines: [(at: Int64, line: Line)] = []

    /// Creates a trace.
    public init() {}

    func sent(_ bytes: [UInt8], from sender: String, to receiver: String, at time: Int64) {
        mix(bytes)
        add(.message(bytes: bytes, from: sender, to: receiver), at: time)
    }

    func note(_ words: @autoclosure () -> String, at time: Int64) {
        let words = words()
        mix(Array(words.utf8))
        add(.note(words), at: time)
    }

    /// The last messages and notes, in words.
    public var lastLines: [String] {
        lines.suffix(Self.kept).map { Self.text($0.line, at: $0.at) }
    }

    private func add(_ line: Line, at time: Int64) {
        if let writer { writer(Self.text(line, at: time)) }
        lines.append((time, line))
        if lines.count >= 4 * Self.kept { lines.removeFirst(3 * Self.kept) }
    }

    private static func text(_ line: Line, at time: Int64) -> String {
        let seconds = "\(time / 1_000_000)."
        let rest = String(time % 1_000_000)
        let clock = seconds + String(repeating: "0", count: 6 - rest.utf8.count) + rest
        switch line {
        case .note(let words): return "\(clock) \(words)"
        case .message(let bytes, let from, let to):
            let text = String(decoding: bytes.prefix(2000), as: UTF8.self)
            return "\(clock) \(from) > \(to) \(text)"
        }
    }

    /// Mixes bytes into the digest, and looks for secrets among them.
    private func mix(_ bytes: [UInt8]) {
        var hash = digest
        var matched = 0
        for byte in bytes {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            if byte == Self.secret[matched] {
                matched += 1
                if matched == Self.secret.count {
                    leak = String(decoding: bytes.prefix(300), as: UTF8.self)
                    matched = 0
                }
            } else {
                matched = byte == Self.secret[0] ? 1 : 0
            }
        }
        digest = hash
    }
}
