public import Contracts
import Crypto
import Glibc
public import Messaging

/// The time and the identifiers of production.
public final class SystemEnvironment: MailroomEnvironment {
    private var last = Timestamp(milliseconds: 0)
    private let testClock: String?
    private var offset: Int64 = 0
    private var offsetReadAt: Int64 = 0

    /// Creates the environment of a process.
    ///
    /// - Parameter testClock: A file with the milliseconds by which time is moved forward; it is
    ///   read again every 200 ms.
    public init(testClock: String? = nil) {
        self.testClock = testClock
    }

    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let milliseconds = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        if testClock != nil, milliseconds - offsetReadAt >= 200 {
            offset = readOffset()
            offsetReadAt = milliseconds
        }
        last = max(last, Timestamp(milliseconds: milliseconds + offset))
        return last
    }

    public func identifierBytes(at timestamp: Timestamp) -> [UInt8] {
        let time = UInt64(timestamp.rawValue)
        let head = (0..<6).map { UInt8(truncatingIfNeeded: time >> (40 - UInt64($0) * 8)) }
        return head + SecureRandom.bytes(10)
    }

    private func readOffset() -> Int64 {
        guard let testClock, let file = fopen(testClock, "r") else { return offset }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 32)
        guard fgets(&buffer, 32, file) != nil else { return offset }
        let digits = buffer.prefix { (48...57).contains($0) }.map { UInt8(bitPattern: $0) }
        return Int64(String(decoding: digits, as: UTF8.self)) ?? offset
    }
}
