@main
struct NotifierProcess {
    static func main() {}
}
