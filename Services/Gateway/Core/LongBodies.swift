import Contracts

/// Lets each organisation answer one request with a long body at a time: such a request costs every
/// service as much as hundreds of others.
///
/// It belongs to the loop's thread.
final class LongBodies {
    /// The size in bytes from which on a body is long.
    static let leastBytes = 16 << 10

    /// The greatest number of a key's requests that wait for their turn: no key takes the place of
    /// the others of its organisation.
    static let maximumWaiting = 8

    private struct Waiter {
        var key: APIKey.ID
        var turn: CheckedContinuation<Void, Never>
    }

    /// Those who wait, of each organisation that is at it.
    private var queues: [Organisation.ID: [Waiter]] = [:]
    private let limiter: Limiter

    init(_ limiter: Limiter) {
        self.limiter = limiter
    }

    /// Waits until it is somebody's turn.
    ///
    /// - Throws: 429 when too many requests of the key wait already.
    func begin(_ principal: Principal) async throws(APIFailure) {
        let organisation = principal.organisation
        guard let waiting = queues[organisation] else {
            queues[organisation] = []
            return
        }
        guard waiting.count(where: { $0.key == principal.key }) < Self.maximumWaiting else {
            throw limiter.tooMany(
                "bodies",
                "The key sends too many long bodies at once.",
                milliseconds: 1000
            )
        }
        await withCheckedContinuation { turn in
            queues[organisation, default: []].append(Waiter(key: principal.key, turn: turn))
        }
    }

    /// Lets the next one have its turn.
    func end(_ principal: Principal) {
        let organisation = principal.organisation
        guard let next = queues[organisation]?.first else {
            queues[organisation] = nil
            return
        }
        queues[organisation]?.removeFirst()
        next.turn.resume()
    }
}
