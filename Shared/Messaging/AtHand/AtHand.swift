/// What a mailroom has at hand.
public enum AtHand: UInt8, Sendable {
    /// An arrival that is being read; it has no name yet.
    case reading = 1
    /// A command, by the envelope's identifier.
    case message
    /// A request or a query, by the envelope's identifier.
    case request
    /// What became of a port's order, by its type.
    case result
    /// Something that an earlier life died at, by the name that it is suspected under.
    case suspect
    /// The pulse.
    case pulse
}
