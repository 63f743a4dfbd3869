import Destinations
import JSON

/// `purse destinations decode`: says what a text is that somebody wants to be paid by.
struct DecodeCommand: Command {
    static let name = "destinations decode"
    static let alias: String? = "decode"
    static let summary = "Say what an invoice, an address or a name is"
    static let words = "STRING"
    static let maximumWords = 1
    static let options = [Option.json]
    static let discussion = """
        Reads the text as the payment calls do, checks its checksum and its signature, and prints
        what stands in it. It asks nobody: no state folder and no network are needed.

          purse decode lnbc2500u1pvjluezsp5zyg3zyg3...
          purse decode alice@example.com --json

        Exit code 1: the text is nothing that can be paid; the reason is printed.
        """

    private let text: String
    private let printsJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        guard let word = arguments.words.first else {
            throw Failure(.usage, "there is no text", hint: "purse destinations decode STRING")
        }
        text = word
        printsJSON = arguments.has(.json)
    }

    func run(_ console: Console) throws -> ExitCode {
        let decoded: DecodedDestination
        do {
            decoded = try DestinationParser.decode(text)
        } catch {
            if printsJSON {
                let problem: JSONValue = ["valid": false, "reason": .string(error.reason)]
                console.print(problem.description)
            } else {
                console.complain("this cannot be paid: \(error.reason)")
            }
            return .refused
        }
        let object = Description(of: decoded).object
        if printsJSON {
            console.print(JSONValue.object(object).description)
            return .done
        }
        let width = object.members.map(\.key.count).max() ?? 0
        for member in object.members where member.key != "valid" {
            let name = member.key + String(repeating: " ", count: width - member.key.count)
            console.print("\(console.bold(name))  \(member.value.stringValue ?? "\(member.value)")")
        }
        return .done
    }
}
