/// What the library holds of a server: a way to it that does not keep it alive.
final class ServerBox {
    unowned(unsafe) var server: HTTPServer?
}
