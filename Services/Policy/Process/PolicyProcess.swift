@main
struct PolicyProcess {
    static func main() {}
}
