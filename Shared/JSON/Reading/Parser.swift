/// The strict reader: checks every rule of API.md, section 0, and lays the values on a tape.
struct Parser {
    private(set) var tape: [TapeEntry] = []

    /// The strings that have escapes, without their escapes.
    private(set) var unescaped: [UInt8] = []

    private var position = 0
    private let limits: JSONLimits

    init(limits: JSONLimits) {
        self.limits = limits
    }

    mutating func parse(_ input: Span<UInt8>) throws(JSONError) {
        guard input.count <= limits.maximumBytes else {
            throw JSONError(.tooLarge, at: limits.maximumBytes)
        }
        try Self.refuseByteOrderMark(input)
        tape.reserveCapacity(input.count / 16 + 4)
        skipWhiteSpace(input)
        try parseValue(input, depth: 0)
        skipWhiteSpace(input)
        if position < input.count { throw JSONError(.trailingContent, at: position) }
    }

    private static func refuseByteOrderMark(_ input: Span<UInt8>) throws(JSONError) {
        guard input.count >= 2 else { return }
        switch (input[0], input[1]) {
        case (0xFE, 0xFF), (0xFF, 0xFE), (0xEF, 0xBB): throw JSONError(.byteOrderMark, at: 0)
        default: break
        }
    }

    // MARK: Values

    private mutating func parseValue(_ input: Span<UInt8>, depth: Int) throws(JSONError) {
        guard position < input.count else { throw JSONError(.unexpectedEnd, at: position) }
        guard tape.count < limits.maximumValues else { throw JSONError(.tooLarge, at: position) }
        switch input[position] {
        case UInt8(ascii: "\""):
            tape.append(try parseString(input))
        case UInt8(ascii: "{"):
            try parseObject(input, depth: depth)
        case UInt8(ascii: "["):
            try parseArray(input, depth: depth)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try parseNumber(input)
        case UInt8(ascii: "t"):
            try parseWord("true", .bool, input)
        case UInt8(ascii: "f"):
            try parseWord("false", .bool, input)
        case UInt8(ascii: "n"):
            try parseWord("null", .null, input)
        default:
            throw JSONError(.unexpectedCharacter, at: position)
        }
    }

    private mutating func parseWord(
        _ word: StaticString,
        _ kind: TapeEntry.Kind,
        _ input: Span<UInt8>
    ) throws(JSONError) {
        let start = position
        for scalar in word.description.utf8 {
            guard position < input.count else { throw JSONError(.unexpectedEnd, at: position) }
            guard input[position] == scalar else {
                throw JSONError(.unexpectedCharacter, at: position)
            }
            position += 1
        }
        append(kind, from: start)
    }

    private mutating func parseNumber(_ input: Span<UInt8>) throws(JSONError) {
        let start = position
        guard let end = NumberGrammar.end(of: input, from: start),
            end - start <= limits.maximumNumberLength
        else { throw JSONError(.invalidNumber, at: start) }
        position = end
        append(.number, from: start)
    }

    private mutating func parseArray(_ input: Span<UInt8>, depth: Int) throws(JSONError) {
        let index = try open(.array, depth: depth)
        skipWhiteSpace(input)
        if !take(UInt8(ascii: "]"), input) {
            repeat {
                skipWhiteSpace(input)
                try parseValue(input, depth: depth + 1)
                skipWhiteSpace(input)
            } while take(UInt8(ascii: ","), input)
            try expect(UInt8(ascii: "]"), input)
        }
        close(index)
    }

    private mutating func parseObject(_ input: Span<UInt8>, depth: Int) throws(JSONError) {
        let index = try open(.object, depth: depth)
        var keys = KeySet(firstKey: index + 1)
        skipWhiteSpace(input)
        if !take(UInt8(ascii: "}"), input) {
            repeat {
                skipWhiteSpace(input)
                guard position < input.count else { throw JSONError(.unexpectedEnd, at: position) }
                guard input[position] == UInt8(ascii: "\"") else {
                    throw JSONError(.unexpectedCharacter, at: position)
                }
                let start = position
                let key = try parseString(input)
                if keys.contains(key, tape, input, unescaped.span) {
                    throw JSONError(.duplicateKey, at: start)
                }
                tape.append(key)
                skipWhiteSpace(input)
                try expect(UInt8(ascii: ":"), input)
                skipWhiteSpace(input)
                try parseValue(input, depth: depth + 1)
                skipWhiteSpace(input)
            } while take(UInt8(ascii: ","), input)
            try expect(UInt8(ascii: "}"), input)
            if let offset = keys.offsetOfDuplicate(tape, input, unescaped.span) {
                throw JSONError(.duplicateKey, at: offset)
            }
        }
        close(index)
    }

    // MARK: Strings

    /// Reads a string from its opening quotation mark.
    private mutating func parseString(_ input: Span<UInt8>) throws(JSONError) -> TapeEntry {
        let start = position + 1
        position = start
        while true {
            try skipPlainText(input)
            switch input[position] {
            case UInt8(ascii: "\""):
                let entry = TapeEntry(
                    start: UInt32(truncatingIfNeeded: start),
                    length: UInt32(truncatingIfNeeded: position - start),
                    end: UInt32(truncatingIfNeeded: tape.count + 1),
                    kind: .string
                )
                position += 1
                return entry
            case UInt8(ascii: "\\"):
                return try parseEscapedString(input, from: start)
            default:
                throw JSONError(
                    input[position] == 0 ? .nullCharacter : .controlCharacter,
                    at: position
                )
            }
        }
    }

    /// Goes to the next quotation mark, backslash or control character.
    private mutating func skipPlainText(_ input: Span<UInt8>) throws(JSONError) {
        while true {
            position = StringScan.firstSpecial(in: input, from: position, nonASCIIIsSpecial: true)
            guard position < input.count else { throw JSONError(.unexpectedEnd, at: position) }
            guard input[position] >= 0x80 else { return }
            guard let length = UTF8Grammar.length(in: input, at: position) else {
                throw JSONError(.notUTF8, at: position)
            }
            position += length
        }
    }

    private mutating func parseEscapedString(
        _ input: Span<UInt8>,
        from start: Int
    ) throws(JSONError) -> TapeEntry {
        let outputStart = unescaped.count
        var plainStart = start
        while true {
            try skipPlainText(input)
            for offset in plainStart..<position {
                unescaped.append(input[offset])
            }
            switch input[position] {
            case UInt8(ascii: "\""):
                position += 1
                return TapeEntry(
                    start: UInt32(truncatingIfNeeded: outputStart),
                    length: UInt32(truncatingIfNeeded: unescaped.count - outputStart),
                    end: UInt32(truncatingIfNeeded: tape.count + 1),
                    kind: .string,
                    isUnescaped: true
                )
            case UInt8(ascii: "\\"):
                try parseEscape(input)
                plainStart = position
            default:
                throw JSONError(
                    input[position] == 0 ? .nullCharacter : .controlCharacter,
                    at: position
                )
            }
        }
    }

    private mutating func parseEscape(_ input: Span<UInt8>) throws(JSONError) {
        let start = position
        guard start + 1 < input.count else { throw JSONError(.unexpectedEnd, at: input.count) }
        position += 2
        switch input[start + 1] {
        case UInt8(ascii: "\""): unescaped.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): unescaped.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): unescaped.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"): try parseUnicodeEscape(input, from: start)
        default: throw JSONError(.invalidEscape, at: start)
        }
    }

    private mutating func parseUnicodeEscape(
        _ input: Span<UInt8>,
        from start: Int
    ) throws(JSONError) {
        var code = try parseFourDigits(input, from: start)
        switch code {
        case 0:
            throw JSONError(.nullCharacter, at: start)
        case 0xD800..<0xDC00:
            guard position + 1 < input.count, input[position] == UInt8(ascii: "\\"),
                input[position + 1] == UInt8(ascii: "u")
            else { throw JSONError(.loneSurrogate, at: start) }
            position += 2
            let low = try parseFourDigits(input, from: position - 2)
            guard (0xDC00..<0xE000).contains(low) else {
                throw JSONError(.loneSurrogate, at: start)
            }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        case 0xDC00..<0xE000:
            throw JSONError(.loneSurrogate, at: start)
        default: break
        }
        guard let scalar = Unicode.Scalar(code) else { throw JSONError(.loneSurrogate, at: start) }
        unescaped.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
    }

    private mutating func parseFourDigits(
        _ input: Span<UInt8>,
        from start: Int
    ) throws(JSONError) -> UInt32 {
        guard position + 4 <= input.count else { throw JSONError(.invalidEscape, at: start) }
        var code: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch input[position] {
            case let byte where byte &- UInt8(ascii: "0") < 10: digit = byte - UInt8(ascii: "0")
            case let byte where (byte | 0x20) &- UInt8(ascii: "a") < 6: digit = (byte | 0x20) - 87
            default: throw JSONError(.invalidEscape, at: start)
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    // MARK: Steps

    @inline(__always)
    private mutating func skipWhiteSpace(_ input: Span<UInt8>) {
        while position < input.count {
            switch input[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8, _ input: Span<UInt8>) -> Bool {
        guard position < input.count, input[position] == byte else { return false }
        position += 1
        return true
    }

    @inline(__always)
    private mutating func expect(_ byte: UInt8, _ input: Span<UInt8>) throws(JSONError) {
        if take(byte, input) { return }
        let isAtEnd = position >= input.count
        throw JSONError(isAtEnd ? .unexpectedEnd : .unexpectedCharacter, at: position)
    }

    private mutating func append(_ kind: TapeEntry.Kind, from start: Int) {
        tape.append(
            TapeEntry(
                start: UInt32(truncatingIfNeeded: start),
                length: UInt32(truncatingIfNeeded: position - start),
                end: UInt32(truncatingIfNeeded: tape.count + 1),
                kind: kind
            )
        )
    }

    private mutating func open(_ kind: TapeEntry.Kind, depth: Int) throws(JSONError) -> Int {
        guard depth < limits.maximumDepth else { throw JSONError(.tooDeep, at: position) }
        append(kind, from: position)
        position += 1
        return tape.count - 1
    }

    private mutating func close(_ index: Int) {
        let start = tape[index].start
        tape[index].length = UInt32(truncatingIfNeeded: position) - start
        tape[index].end = UInt32(truncatingIfNeeded: tape.count)
    }
}
