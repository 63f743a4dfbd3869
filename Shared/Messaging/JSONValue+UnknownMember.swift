import JSON

extension JSONValue {
    /// The place of a member that was lost when this value was read and written again, or `nil`.
    ///
    /// A member that says `null` says nothing. A name of over 64 bytes is left out of the place.
    func memberUnknown(to read: JSONValue) -> String? {
        switch (self, read) {
        case (.object(let written), .object(let known)):
            for member in written.members where !member.value.isNull {
                let name = member.key.utf8.count <= 64 ? "." + member.key : ".…"
                guard let value = known[member.key] else { return name }
                if let place = member.value.memberUnknown(to: value) { return name + place }
            }
        case (.array(let written), .array(let known)):
            for (index, (item, value)) in zip(written, known).enumerated() {
                if let place = item.memberUnknown(to: value) { return "[\(index)]" + place }
            }
        default: break
        }
        return nil
    }
}
