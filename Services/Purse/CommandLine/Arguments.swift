/// The options and words of a command line, after they were checked against a command's options.
struct Arguments {
    /// The words that are no options, in order.
    private(set) var words: [String] = []

    private let options: [Option]
    private var values: [String: String] = [:]
    private var flags: Set<String> = []

    /// Reads a command line.
    ///
    /// `--name value` and `--name=value` are the same; `--` ends the options.
    init(_ texts: [String], options: [Option]) throws(Failure) {
        self.options = options
        var rest = texts[...]
        while let text = rest.popFirst() {
            if text == "--" {
                words += rest
                break
            }
            guard text.hasPrefix("-"), text != "-" else {
                words.append(text)
                continue
            }
            let (name, attached) = Self.parts(of: text)
            guard let option = options.first(where: { $0.name == name }) else {
                throw Self.unknown(text, options: options)
            }
            guard option.placeholder != nil else {
                guard attached == nil else {
                    throw Failure(.usage, "--\(name) takes no value")
                }
                flags.insert(name)
                continue
            }
            guard let value = attached ?? rest.popFirst() else {
                throw Failure(.usage, "--\(name) needs a value")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Failure(.usage, "--\(name) is given twice")
            }
        }
    }

    /// Whether an option without a value is given.
    func has(_ option: Option) -> Bool {
        flags.contains(option.name)
    }

    /// The value of an option, if it is one of this command: another command's may have its name.
    func text(_ option: Option) -> String? {
        options.contains(option) ? values[option.name] : nil
    }

    /// The value of an option that must be given.
    func required(_ option: Option) throws(Failure) -> String {
        guard let value = values[option.name], !value.isEmpty else {
            throw Failure(.usage, "--\(option.name) \(option.placeholder ?? "") is missing")
        }
        return value
    }

    /// The value of an option as an integer within bounds.
    func integer(_ option: Option, in bounds: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text = values[option.name] else { return nil }
        guard let value = Int(text), bounds.contains(value) else {
            throw Failure(
                .usage,
                "--\(option.name) is \(bounds.lowerBound) to \(bounds.upperBound), not '\(text)'"
            )
        }
        return value
    }

    /// The value of an option as integers with commas between.
    func integers(_ option: Option, in bounds: ClosedRange<Int>) throws(Failure) -> [Int]? {
        guard let text = values[option.name] else { return nil }
        var numbers: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Int(part), bounds.contains(number) else {
                throw Failure(
                    .usage,
                    "--\(option.name) is numbers of \(bounds.lowerBound) to \(bounds.upperBound)"
                        + " with commas between, not '\(text)'"
                )
            }
            numbers.append(number)
        }
        return numbers
    }

    private static func parts(of text: String) -> (name: String, value: String?) {
        if text == "-h" { return ("help", nil) }
        let body = text.drop { $0 == "-" }
        guard let mark = body.firstIndex(of: "=") else { return (String(body), nil) }
        return (String(body[..<mark]), String(body[body.index(after: mark)...]))
    }

    private static func unknown(_ text: String, options: [Option]) -> Failure {
        let name = parts(of: text).name
        let near = Spelling.nearest(to: name, among: options.map(\.name))
        return Failure(
            .usage,
            "there is no option \(text.prefix { $0 != "=" })",
            hint: near.map { "did you mean --\($0)?" }
        )
    }
}
