@main
struct Purse {
    static func main() {}
}
