import HTTP
import JSON

/// A command that is one call of the API: written down, and run by ``CallRun``.
///
/// Help, completions and the man page are made of it.
struct CallCommand {
    /// What stands for the key of a call.
    enum Owner {
        /// The key of the organisation's administrator, unless another one is named.
        case administrator
        /// The platform's own key.
        case root
    }

    /// What is printed of the answer.
    enum Output {
        /// A list, read page by page, as a table.
        case list([Column])
        /// A list that does not end: every event as a line, and with `--follow` those that come.
        case events([Column])
        /// Every member of the answer.
        case object
        /// A line, and a sentence on standard error; `{a.b}` stands for members of the answer.
        case line(String, note: String? = nil)
    }

    /// A column of a list.
    struct Column {
        var title: String

        /// The member that it shows, `a.b` for a member of a member.
        var member: String

        var style = Table.Style.left

        init(_ title: String, _ member: String, _ style: Table.Style = .left) {
            self.title = title
            self.member = member
            self.style = style
        }
    }

    /// A further call whose answer is joined to the first.
    struct Joined {
        /// The member that it becomes.
        var member: String

        /// The path, with `{a.b}` for members of the first answer.
        var path: String

        /// The member of its answer that is taken.
        var inner: String
    }

    /// A list of one object's own, in the place of the whole list.
    struct Scope {
        /// The option that names the object.
        var option: Option

        /// The path; `{}` is the option's value.
        var path: String

        var columns: [Column]
    }

    /// What somebody waits for with `--watch`.
    struct Waiting {
        /// The path that is asked again, with `{a.b}` for members of the first answer.
        var path: String

        /// The member that says how it stands.
        var member = "status"

        /// The words that are not the end.
        var open: [String]

        /// The words that are a no.
        var refused: [String] = []
    }

    /// The noun and the verb.
    var name: String

    /// Another spelling that does the same.
    var alias: String?

    /// One line for the list of commands.
    var summary: String

    /// What a person should know.
    var discussion = ""

    /// A command line that works.
    var example: String

    /// What stands for the words after the name: the objects that the verb is about.
    var subjects: [String] = []

    /// The method.
    var method = Method.get

    /// The path; each `{}` is one of the words, in their order.
    var path: String

    /// Whose key it needs.
    var owner = Owner.administrator

    /// The options that become the body, or the query where there is none.
    var fields: [Field] = []

    /// Members of the body that are always the same.
    var constants: JSONObject = [:]

    /// Whether it takes an idempotency key: a fresh one, unless one is named.
    var isRepeatable = false

    /// What is joined to the answer.
    var joined: [Joined] = []

    /// What is printed.
    var output: Output

    /// What can be waited for, if anything.
    var waiting: Waiting?

    /// What an option makes of a list.
    var scope: Scope?

    /// Whether it makes the key useless that its word names.
    var endsKey = false

    static let idempotencyKey = Option(
        "idempotency-key",
        "TEXT",
        "makes a repeat get the first outcome (default: a new key)"
    )

    static let follow = Option("follow", nil, "keep printing new ones, until Ctrl-C")

    /// The options of the command line, but `--help`.
    var options: [Option] {
        var options = [scope?.option].compactMap(\.self) + fields.map(\.option)
        if isRepeatable { options.append(Self.idempotencyKey) }
        switch output {
        case .list: options.append(Listing.limit)
        case .events: options += [Listing.limit, Self.follow]
        case .object, .line: break
        }
        if case .list = output {
            options.append(.watchList)
        } else if waiting != nil {
            options.append(.watch)
        }
        if endsKey { options.append(.yes) }
        // A command whose own option is called like one of these names the gateway by PURSE_URL.
        let taken = Set(options.map(\.name))
        return options + Connection.options.filter { !taken.contains($0.name) } + [.json]
    }
}
