import Contracts

/// Lets each organisation answer one request with a long body at a time: such a request costs every
/// service as much as hundreds of others.
///
/// It belongs to the loop's thread.
final class LongBodies {
    /// The size in bytes from which on a body is long.
    static let leastBytes = 16 << 10

    /// The greatest number of an organisation's requests that wait for their turn.
    static let maximumWaiting = 8

    /// Those who wait, of each organisation that is at it.
    private var queues: [Organisation.ID: [CheckedContinuation<Void, Never>]] = [:]
    private let limiter: Limiter

    init(_ limiter: Limiter) {
        self.limiter = limiter
    }

    /// Waits until it is an organisation's turn.
    ///
    /// - Throws: 429 when too many of its requests wait already.
    func begin(_ organisation: Organisation.ID) async throws(APIFailure) {
        guard let waiting = queues[organisation] else {
            queues[organisation] = []
            return
        }
        guard waiting.count < Self.maximumWaiting else {
            throw limiter.tooMany(
                "bodies",
                "The organisation sends too many long bodies at once.",
                milliseconds: 1000
            )
        }
        await withCheckedContinuation { waiter in
            queues[organisation, default: []].append(waiter)
        }
    }

    /// Lets the next one have its turn.
    func end(_ organisation: Organisation.ID) {
        guard let next = queues[organisation]?.first else {
            queues[organisation] = nil
            return
        }
        queues[organisation]?.removeFirst()
        next.resume()
    }
}
