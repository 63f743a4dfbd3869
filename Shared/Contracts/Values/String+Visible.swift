extension String {
    /// Whether something of it can be seen.
    ///
    /// A name of spaces alone, by which a repeat is known, would stand for whatever was asked for
    /// with it first.
    public var isVisible: Bool { unicodeScalars.contains(where: Self.leavesMark) }

    /// Whether a character leaves a mark: no space, no joiner, no mark of direction, no filler.
    private static func leavesMark(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        if properties.isWhitespace || properties.isDefaultIgnorableCodePoint { return false }
        switch properties.generalCategory {
        case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .unassigned,
            .privateUse, .surrogate:
            return false
        // A Braille pattern without dots is a space in all but name.
        default: return scalar != "\u{2800}"
        }
    }
}
