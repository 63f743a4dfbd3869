/// Remembers, outside of the database and without waiting for a disk, what a mailroom has at hand.
///
/// The process may die at any instruction; its next life asks what it died at. It is told what is
/// at hand for every message, so it must cost next to nothing.
public protocol AtHandJournal: AnyObject {
    /// What was at hand when the last life ended, or `nil` when it ended with nothing at hand.
    var lastDeath: Death? { get }

    /// Forgets the last death, because it stands in the database now.
    func forgetDeath()

    /// Takes something into hand, in place of what was there.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - name: Its name, of which 240 bytes are kept.
    ///   - bytes: The whole message, for a death that can still be written down.
    func begin(_ kind: AtHand, _ name: String, bytes: [UInt8])

    /// Nothing is at hand any more.
    func end()
}
