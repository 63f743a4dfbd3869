import Messaging

/// What the lives of a host have at hand, and how they ended: what production has in a file that
/// is mapped into memory.
final class SimulatedJournal {
    /// What the present life has at hand.
    fileprivate(set) var current: (kind: AtHand, name: String, bytes: [UInt8])?
    fileprivate var lastDeath: Death?

    /// The process ends: by its own fault, or because somebody ends it.
    func die(isTrap: Bool) {
        if isTrap || current != nil {
            lastDeath = Death(
                isTrap: isTrap,
                kind: current?.kind,
                name: current?.name ?? "",
                bytes: current?.bytes ?? []
            )
        }
        current = nil
    }

    /// The name of the command at hand, when it is of one of some types.
    func command(of types: Set<String>) -> String? {
        guard let current, current.kind == .message || current.kind == .suspect else { return nil }
        let head = String(decoding: current.bytes.prefix(200), as: UTF8.self)
        guard let start = head.firstRange(of: "\"type\":\"") else { return nil }
        let type = head[start.upperBound...].prefix { $0 != "\"" }
        guard types.contains(String(type)) else { return nil }
        return current.name.split(separator: " ").last.map(String.init)
    }
}

/// One life's view of the journal: a life that has ended writes nothing any more.
final class LifeJournal: AtHandJournal {
    private unowned let host: Host
    private let life: Int

    init(_ host: Host) {
        self.host = host
        life = host.life
    }

    private var isAlive: Bool { host.isUp && host.life == life }

    var lastDeath: Death? { host.journal.lastDeath }

    func forgetDeath() { host.journal.lastDeath = nil }

    func begin(_ kind: AtHand, _ name: String, bytes: [UInt8]) {
        if isAlive { host.journal.current = (kind, name, bytes) }
    }

    func end() {
        if isAlive { host.journal.current = nil }
    }
}
