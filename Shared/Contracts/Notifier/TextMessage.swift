/// A text message or push to one phone.
///
/// Its words may be a secret: they are in no log and are forgotten once they are sent.
public struct TextMessage: Codable, Hashable, Sendable {
    /// The identifier, derived from the reason.
    public var id: Text.ID

    /// The organisation on whose behalf it is sent.
    public var organisation: Organisation.ID

    /// The phone number, in E.164 form.
    public var to: String

    /// The words, at most 1600 bytes.
    public var words: String

    /// Creates a value.
    public init(
        id: Text.ID,
        organisation: Organisation.ID,
        to: String,
        words: String
    ) {
        self.id = id
        self.organisation = organisation
        self.to = to
        self.words = words
    }
}
