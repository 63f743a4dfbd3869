public import Contracts

/// What the gateway takes from the world: the time and random bytes.
public protocol GatewayEnvironment: AnyObject {
    /// The time, which never goes back.
    func now() -> Timestamp

    /// The microseconds since some moment, for durations.
    func uptimeMicroseconds() -> Int64

    /// Unpredictable bytes.
    func randomBytes(_ count: Int) -> [UInt8]

    /// Lets time go by, while others are served.
    func pause(milliseconds: Int64) async
}

extension GatewayEnvironment {
    /// Where time is not the world's, everything takes none.
    public func uptimeMicroseconds() -> Int64 { 0 }

    /// Where time is not the world's, none goes by.
    public func pause(milliseconds: Int64) async {}

    /// A new identifier: 48 bits of time and 80 random bits.
    public func identifier<Entity: Identified>(
        _ type: Entity.Type = Entity.self
    ) -> Identifier<Entity> {
        let time = UInt64(now().rawValue)
        let head = (0..<6).map { UInt8(truncatingIfNeeded: time >> (40 - UInt64($0) * 8)) }
        return Identifier(bytes: head + randomBytes(10))
    }
}
