import Contracts
import GatewayCore
import Messaging

/// The clocks and random bytes of one host: its wall clock differs from the others'.
final class HostClock: MailroomEnvironment, GatewayEnvironment {
    /// What all wall clocks have been moved by, in milliseconds.
    final class Epoch {
        var milliseconds: Int64 = 1_790_000_000_000
    }

    /// How far this host's wall clock is from the others', in milliseconds.
    var skew: Int64 = 0

    private let kernel: Kernel
    private let epoch: Epoch
    private var random: SeededGenerator
    private var latest = Timestamp(milliseconds: 0)

    init(kernel: Kernel, epoch: Epoch, random: SeededGenerator) {
        self.kernel = kernel
        self.epoch = epoch
        self.random = random
    }

    /// Forgets the time of an earlier life: a clock that was set back counts from there.
    func restart() {
        latest = Timestamp(milliseconds: 0)
    }

    func now() -> Timestamp {
        let wall = Timestamp(milliseconds: epoch.milliseconds + kernel.now / 1000 + skew)
        latest = max(latest, wall)
        return latest
    }

    func wireTime() -> Timestamp { now() }

    func uptimeMicroseconds() -> Int64 { kernel.now }

    func randomBytes(_ count: Int) -> [UInt8] { random.bytes(count) }

    func identifierBytes(at timestamp: Timestamp) -> [UInt8] {
        let time = UInt64(timestamp.rawValue)
        let head = (0..<6).map { UInt8(truncatingIfNeeded: time >> (40 - UInt64($0) * 8)) }
        return head + random.bytes(10)
    }
}
