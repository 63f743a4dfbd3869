import Glibc

@main
struct Purse {
    static func main() {
        let tool = CommandLineTool(commands: CommandTable.all, console: Console())
        exit(tool.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }
}
