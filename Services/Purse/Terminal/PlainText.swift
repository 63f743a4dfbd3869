/// Texts of others on a terminal: how wide they are, and nothing in them that moves the cursor.
enum PlainText {
    /// The text with a question mark for each character that a terminal would obey.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var printable = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { printable.append(isControl(scalar) ? "?" : scalar) }
        return String(printable)
    }

    /// The number of a terminal's columns that a text takes.
    static func width(_ text: String) -> Int {
        var width = 0
        for character in text {
            guard let scalar = character.unicodeScalars.first else { continue }
            width += isWide(scalar.value) ? 2 : 1
        }
        return width
    }

    /// The text, or its beginning with an ellipsis, in at most `width` columns.
    static func cut(_ text: String, to width: Int) -> String {
        guard self.width(text) > width else { return text }
        var cut = ""
        var room = width - 1
        for character in text {
            let needed = self.width(String(character))
            guard needed <= room else { break }
            cut.append(character)
            room -= needed
        }
        return cut + "…"
    }

    /// The text, or both its ends with an ellipsis between, in at most `width` columns.
    static func cutInside(_ text: String, to width: Int) -> String {
        guard self.width(text) > width else { return text }
        var end = ""
        for character in text.reversed() {
            guard self.width(end) + self.width(String(character)) <= (width - 1) / 2 else { break }
            end.insert(character, at: end.startIndex)
        }
        return cut(text, to: width - self.width(end)) + end
    }

    /// The text in lines of a width, broken between words.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, self.width(last) + 1 + self.width(String(word)) <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// A moment as the API writes it, in at most `width` columns: without seconds, then without
    /// the year.
    static func moment(_ text: String, to width: Int) -> String {
        let marks = Array(text)
        guard marks.count > width, marks.count >= 20, marks[10] == "T" else { return text }
        let short = String(marks[..<10]) + " " + String(marks[11..<16])
        return width >= short.count ? short : String(short.dropFirst(5))
    }

    /// Whether a terminal would obey it, or show the text in another order.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default:
            (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        }
    }

    /// Whether a character takes two columns: East Asian scripts and pictures.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
