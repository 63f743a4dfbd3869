extension JSONValue: Decodable {
    /// Reads any value; only ``JSON`` can do it.
    public init(from decoder: any Decoder) throws {
        guard let reader = decoder as? ValueReader else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath,
                    debugDescription: "a JSON value is read only by this module's decoder"
                )
            )
        }
        self = reader.session.document.value(at: reader.index)
    }
}

extension JSONValue: Encodable {
    /// Writes the value; only ``JSON`` can do it.
    public func encode(to encoder: any Encoder) throws {
        guard let writer = encoder as? ValueWriter else {
            throw EncodingError.invalidValue(
                self,
                EncodingError.Context(
                    codingPath: encoder.codingPath,
                    debugDescription: "a JSON value is written only by this module's encoder"
                )
            )
        }
        writer.session.beginScalar()
        writer.session.output.write(self)
    }
}
