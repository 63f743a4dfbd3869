import CMicroHTTPD
import HTTP

/// What the library calls, on the thread that runs the server.
extension HTTPServer {
    /// The callbacks for the server that a box will hold.
    static func callbacks(for box: ServerBox) -> cmicrohttpd_callbacks {
        cmicrohttpd_callbacks(
            connection: connectionChanged,
            began: began,
            access: access,
            completed: completed,
            context: Unmanaged.passUnretained(box).toOpaque()
        )
    }

    /// A connection was made or has ended.
    private static let connectionChanged: MHD_NotifyConnectionCallback = {
        context,
        native,
        state,
        code in
        guard let server = server(context), let native, let state else { return }
        if code == .CONNECTION_NOTIFY_STARTED {
            let connection = Connection(native, of: server)
            server.connections[ObjectIdentifier(connection)] = connection
            state.pointee = Unmanaged.passUnretained(connection).toOpaque()
        } else if let connection = connection(state.pointee) {
            state.pointee = nil
            server.connections[ObjectIdentifier(connection)] = nil
        }
    }

    /// A request line was read: the request begins.
    private static let began:
        @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) ->
            UnsafeMutableRawPointer? = { _, target, native in
                guard let native, let pointer = cmicrohttpd_context(native) else { return nil }
                connection(pointer)?.begin(target)
                return pointer
            }

    /// Something of the request has arrived, or its connection was resumed.
    private static let access: MHD_AccessHandlerCallback = {
        context,
        native,
        _,
        method,
        version,
        data,
        count,
        state in
        guard let server = server(context), let native, let method, let version, let count,
            let connection = connection(state?.pointee)
        else { return .NO }
        if count.pointee > 0 {
            let bytes = UnsafeRawBufferPointer(start: data, count: count.pointee)
            count.pointee = 0
            return server.read(bytes, from: connection)
        }
        return server.advance(connection, native, method: method, version: version)
    }

    /// The request is over, whether it was answered or not.
    private static let completed: MHD_RequestCompletedCallback = { _, _, state, _ in
        connection(state?.pointee)?.finish()
        state?.pointee = nil
    }

    private static func server(_ context: UnsafeMutableRawPointer?) -> HTTPServer? {
        context.flatMap { Unmanaged<ServerBox>.fromOpaque($0).takeUnretainedValue().server }
    }

    private static func connection(_ pointer: UnsafeMutableRawPointer?) -> Connection? {
        pointer.map { Unmanaged<Connection>.fromOpaque($0).takeUnretainedValue() }
    }
}
