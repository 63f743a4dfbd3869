/// Finds what somebody meant.
enum Spelling {
    /// Returns the candidate that is at most two letters away, or begins with the word.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let scored = candidates.map { (distance: distance(word, $0), candidate: $0) }
        if let best = scored.min(by: { $0.distance < $1.distance }), best.distance <= 2 {
            return best.candidate
        }
        guard !word.isEmpty else { return nil }
        return candidates.first { $0.hasPrefix(word) || word.hasPrefix($0) }
    }

    /// The number of letters to insert, remove or replace (Levenshtein).
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let replaced = diagonal + (letter == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
