public import Contracts
public import Messaging

/// The port that speaks HTTP with servers of other people, many at once.
///
/// A thread of its own drives the requests, so a commit delays none of them and none delays a
/// commit. Each connection's address is shown to a guard.
public final class HTTPPort: WakeablePort {
    private let engine: ExchangeEngine

    /// Starts a port.
    ///
    /// - Parameters:
    ///   - simultaneous: The greatest number of requests at once; more wait their turn.
    ///   - addressGuard: What each connection's address is shown to.
    public init(simultaneous: Int = 128, addressGuard: AddressGuard = AddressGuard()) {
        engine = ExchangeEngine(simultaneous: simultaneous, addressGuard: addressGuard)
        engine.start()
    }

    deinit { engine.stop() }

    public var fileDescriptor: Int32 { engine.fileDescriptor }

    public func take(_ order: any Message) -> Bool {
        guard let exchange = order as? HTTPExchange else { return false }
        engine.take(exchange)
        return true
    }

    public func takeResults() -> [any Message] {
        let results = engine.takeResults()
        return results.isEmpty ? [] : [HTTPExchangesEnded(results: results)]
    }

    /// Ends the wait of whoever watches ``fileDescriptor``, as a result does.
    public func wake() { engine.signal() }
}
