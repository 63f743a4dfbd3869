/// What `purse help` tells besides the commands' own pages.
enum HelpTopic: String, CaseIterable {
    case settings
    case exitCodes = "exit-codes"
    case quickstart
    case state
}
