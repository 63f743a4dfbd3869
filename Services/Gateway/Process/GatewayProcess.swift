@main
struct GatewayProcess {
    static func main() {}
}
