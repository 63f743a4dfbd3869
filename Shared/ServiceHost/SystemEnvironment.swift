public import Contracts
import Crypto
import Glibc
public import Messaging

/// The time and the identifiers of production.
///
/// It belongs to the thread of its loop.
public final class SystemEnvironment: MailroomEnvironment {
    private static let refreshMicroseconds: Int64 = 200_000

    private let testClock: String?
    private var offset: Int64 = 0
    private var refreshAt: Int64 = 0
    private var latest = Timestamp(milliseconds: 0)
    private var latestWireTime = Timestamp(milliseconds: 0)
    private var identifierTime = Timestamp(milliseconds: 0)
    private var identifierBytes: [UInt8] = []

    /// Creates the environment of a process.
    ///
    /// - Parameter testClock: A file with the milliseconds by which time is moved forward; it is
    ///   read again every 200 ms.
    public init(testClock: String? = nil) {
        self.testClock = testClock
    }

    public func now() -> Timestamp {
        refresh()
        latest = max(latest, Self.machineTime.advanced(byMilliseconds: offset))
        return latest
    }

    public func wireTime() -> Timestamp {
        latestWireTime = max(latestWireTime, Self.machineTime)
        return latestWireTime
    }

    public func uptimeMicroseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Sixteen bytes that nobody else has: 48 bits of time and 80 bits that begin at random in each
    /// millisecond and count on within it, so that they only ever increase.
    public func identifierBytes(at timestamp: Timestamp) -> [UInt8] {
        if timestamp > identifierTime || identifierBytes.isEmpty {
            identifierTime = timestamp
            let time = UInt64(timestamp.rawValue)
            let head = (0..<6).map { UInt8(truncatingIfNeeded: time >> (40 - UInt64($0) * 8)) }
            identifierBytes = head + SecureRandom.bytes(10)
            // Half of the range is left to count on in.
            identifierBytes[6] &= 0x7F
        } else {
            var index = identifierBytes.count - 1
            while index > 6, identifierBytes[index] == 0xFF {
                identifierBytes[index] = 0
                index -= 1
            }
            identifierBytes[index] += 1
        }
        return identifierBytes
    }

    // MARK: The machine

    private static var machineTime: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    private func refresh() {
        guard let testClock else { return }
        let now = uptimeMicroseconds()
        guard now >= refreshAt else { return }
        refreshAt = now + Self.refreshMicroseconds
        guard let bytes = try? Files.read(testClock),
            let word = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
                .first,
            let milliseconds = Int64(word)
        else { return }
        offset = max(0, milliseconds)
    }
}
