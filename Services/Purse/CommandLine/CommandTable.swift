/// The commands in the order of the help.
enum CommandTable {
    static var all: [any Command.Type] {
        [
            UpCommand.self,
            DownCommand.self,
            StatusCommand.self,
            HealthCommand.self,
            VerifyCommand.self,
            KeygenCommand.self,
            HelpCommand.self,
            SuperviseCommand.self,
        ]
    }
}
