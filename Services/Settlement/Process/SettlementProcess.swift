@main
struct SettlementProcess {
    static func main() {}
}
