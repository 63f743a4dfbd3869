@main
struct EscrowProcess {
    static func main() {}
}
