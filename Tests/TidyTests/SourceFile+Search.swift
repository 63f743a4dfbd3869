extension SourceFile {
    /// A function and its length.
    struct Function {
        var number: Int
        var lineCount: Int
    }

    /// The functions, found by the indentation that swift-format guarantees.
    var functions: [Function] {
        lines.indices.compactMap { start in
            let line = lines[start]
            let isFunction =
                line.contains("func ") || line.contains("init(") || line.contains("init?(")
            let rest = line.drop { $0 == " " }
            guard isFunction, !rest.hasPrefix("//"),
                rest.first?.isLetter ?? false || rest.hasPrefix("@")
            else { return nil }
            let indentation = line.prefix { $0 == " " }
            guard let end = lines[start...].firstIndex(of: indentation + "}") else { return nil }
            return Function(number: start + 1, lineCount: end - start + 1)
        }
    }

    /// Where words stand in the code, as words and not as parts of longer ones.
    func occurrences(of words: [String]) -> [Rule.Violation] {
        let searched = isSwift ? code : lines.enumerated().map { (number: $0 + 1, line: $1) }
        return searched.flatMap { number, line in
            words.filter { line.containsWord($0) }
                .map { Rule.Violation(number: number, words: "'\($0)'") }
        }
    }

    /// Whether documentation stands before a line, with attributes between.
    func isDocumented(before index: Int) -> Bool {
        var position = index - 1
        while position >= 0 {
            let line = lines[position].drop { $0 == " " }
            if line.hasPrefix("///") { return true }
            guard line.hasPrefix("@") else { return false }
            position -= 1
        }
        return false
    }

    /// Whether a comment stands directly before a line, with attributes between.
    func isCommented(before index: Int) -> Bool {
        var position = index - 1
        while position >= 0 {
            let line = lines[position].drop { $0 == " " }
            if line.hasPrefix("//") { return true }
            guard line.hasPrefix("@") else { return false }
            position -= 1
        }
        return false
    }
}

extension Substring {
    /// Whether the line has the word, not preceded or followed by a letter of a name.
    fileprivate func containsWord(_ word: String) -> Bool {
        ranges(of: word).contains { range in
            let before =
                range.lowerBound == startIndex ? nil : self[index(before: range.lowerBound)]
            let after = range.upperBound == endIndex ? nil : self[range.upperBound]
            let startsName = word.first.map { isNamePart($0) } ?? false
            let endsName = word.last.map { isNamePart($0) } ?? false
            return !(startsName && before.map { isNamePart($0) } ?? false)
                && !(endsName && after.map { isNamePart($0) } ?? false)
        }
    }

    private func isNamePart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
