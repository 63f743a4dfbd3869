import CCurl
import HTTP

/// One reusable connection's request and answer.
final class Transfer {
    let handle: OpaquePointer
    let maximumBytes: Int
    private(set) var body: [UInt8] = []
    private(set) var headers = Headers()
    private var list: UnsafeMutablePointer<curl_slist>?
    private var sent: [UInt8] = []

    init(maximumBytes: Int, timeoutMilliseconds: Int) throws(HTTPClientError) {
        guard let raw = curl_easy_init() else {
            throw HTTPClientError(isUnknown: false, message: "libcurl does not start")
        }
        handle = OpaquePointer(raw)
        self.maximumBytes = maximumBytes
        let pointer = UnsafeMutableRawPointer(handle)
        ccurl_set_text(pointer, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_long(pointer, CURLOPT_FOLLOWLOCATION, 0)
        ccurl_set_long(pointer, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(pointer, CURLOPT_TCP_NODELAY, 1)
        ccurl_set_text(pointer, CURLOPT_NOPROXY, "*")
        ccurl_set_long(pointer, CURLOPT_TIMEOUT_MS, timeoutMilliseconds)
        ccurl_set_long(pointer, CURLOPT_CONNECTTIMEOUT_MS, min(timeoutMilliseconds, 5000))
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_pointer(pointer, CURLOPT_PRIVATE, context)
        ccurl_set_pointer(pointer, CURLOPT_WRITEDATA, context)
        ccurl_set_pointer(pointer, CURLOPT_HEADERDATA, context)
        ccurl_set_callback(pointer, CURLOPT_WRITEFUNCTION) { data, size, count, context in
            guard let data, let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.take(UnsafeRawBufferPointer(start: data, count: size * count))
        }
        ccurl_set_callback(pointer, CURLOPT_HEADERFUNCTION) { data, size, count, context in
            guard let data, let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.takeHeader(UnsafeRawBufferPointer(start: data, count: size * count))
        }
    }

    deinit {
        curl_slist_free_all(list)
        curl_easy_cleanup(UnsafeMutableRawPointer(handle))
    }

    /// Sets the headers of all requests from now on.
    func setHeaders(_ headers: Headers) {
        curl_slist_free_all(list)
        list = nil
        for field in headers.fields {
            list = curl_slist_append(list, "\(field.name): \(field.value)")
        }
        list = curl_slist_append(list, "Expect:")
        ccurl_set_pointer(UnsafeMutableRawPointer(handle), CURLOPT_HTTPHEADER, list)
    }

    /// Prepares the next request.
    func prepare(_ method: Method, _ url: String, body: [UInt8]) {
        let pointer = UnsafeMutableRawPointer(handle)
        self.body.removeAll(keepingCapacity: true)
        headers = Headers()
        sent = body
        ccurl_set_text(pointer, CURLOPT_URL, url)
        if method == .get {
            ccurl_set_long(pointer, CURLOPT_HTTPGET, 1)
            ccurl_set_text(pointer, CURLOPT_CUSTOMREQUEST, nil)
        } else {
            ccurl_set_long(pointer, CURLOPT_POSTFIELDSIZE, sent.count)
            sent.withUnsafeBytes { bytes in
                _ = ccurl_set_pointer(
                    pointer,
                    CURLOPT_COPYPOSTFIELDS,
                    bytes.baseAddress ?? UnsafeRawPointer(pointer)
                )
            }
            ccurl_set_text(pointer, CURLOPT_CUSTOMREQUEST, method.text)
        }
    }

    /// The answer that has come.
    var response: Response {
        Response(
            status: ccurl_status(UnsafeMutableRawPointer(handle)),
            headers: headers,
            body: body
        )
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard body.count + bytes.count <= maximumBytes else { return 0 }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        let line = String(decoding: bytes, as: UTF8.self)
        if let mark = line.firstIndex(of: ":") {
            let value = line[line.index(after: mark)...]
                .drop { $0 == " " }
            let end = value.lastIndex { !$0.isWhitespace }
            headers.add(
                String(line[..<mark]),
                end.map { String(value[...$0]) } ?? ""
            )
        }
        return bytes.count
    }
}
