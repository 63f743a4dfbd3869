import JSON
import ServiceHost

/// Where a supervisor says what it does: a sentence for whoever sits before it, and a line of JSON
/// with its time where standard error is a file.
enum SupervisorVoice {
    case person(Console)
    case log

    /// Speaks to a person if standard error is a terminal.
    init(_ console: Console) {
        self = console.drawsProgress ? .person(console) : .log
    }

    /// Says what has happened.
    func say(_ event: String, _ sentence: String, _ level: Log.Level = .info) {
        switch self {
        case .person(let console): console.note("purse: " + sentence)
        case .log:
            Log(program: "supervisor").write(level, event, [("message", .string(sentence))])
        }
    }
}
