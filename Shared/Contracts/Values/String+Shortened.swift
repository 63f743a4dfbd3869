extension String {
    /// Returns the text if it has at most so many bytes in UTF-8, or else as much of its beginning
    /// as fits with `…` after it.
    ///
    /// What is stored or sent is bounded in bytes, because one character can have any number.
    ///
    /// - Precondition: The bound is at least that of `…`, which has 3 bytes.
    public func shortened(toBytes bound: Int) -> String {
        precondition(bound >= 3, "the ellipsis fits")
        guard utf8.count > bound else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: bound - 3)
        while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 {
            end = utf8.index(before: end)
        }
        return String(self[..<end]) + "…"
    }
}
