/// The payload of an envelope that was read but not yet decoded.
public protocol MessagePayload {
    /// Decodes the payload.
    func decode<Body: Decodable>(_ type: Body.Type) throws -> Body
}
