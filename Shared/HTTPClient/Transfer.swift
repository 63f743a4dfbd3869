import CCurl
import Crypto
import Glibc
import HTTP

/// A handle of the library and the buffers of its transfer, used again for one request after the
/// other.
final class Transfer {
    /// Initialises the library once.
    private static let library = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    let handle: UnsafeMutableRawPointer
    private static let leastHeaderBytes = 64 << 10

    /// The greatest size of a body, and of the headers unless that is small.
    var maximumResponseBytes: Int

    private let wantedHeaders: [String]?
    private let addressGuard: AddressGuard?
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var list: UnsafeMutablePointer<curl_slist>?
    private var sent = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 1)
    private var (method, url) = ("", "")
    private var headers = Headers()
    private var headerBytes = 0
    private var body: [UInt8] = []
    /// How much of a body is kept, and the hash of all of it if that is wanted.
    private var keptBytes = Int.max
    private var hash: SHA256?

    /// The size of the body as far as it was read.
    private(set) var byteCount = 0

    /// Whether the body was longer than may be: its beginning was read.
    private(set) var isTooLarge = false

    /// Whether a connection was refused because of its address.
    private(set) var isRefused = false

    /// Makes a transfer.
    ///
    /// - Parameters:
    ///   - maximumResponseBytes: The greatest size of a body, and of the headers.
    ///   - wantedHeaders: The names of the header fields to keep, or `nil` for all.
    ///   - addressGuard: What each connection's address is shown to, or `nil` to connect to any.
    init(
        maximumResponseBytes: Int,
        wantedHeaders: [String]?,
        addressGuard: AddressGuard? = nil
    ) {
        precondition(Transfer.library == CURLE_OK, "libcurl cannot be initialised")
        guard let handle = curl_easy_init() else {
            preconditionFailure("libcurl is out of memory")
        }
        self.handle = handle
        self.maximumResponseBytes = maximumResponseBytes
        self.wantedHeaders = wantedHeaders
        self.addressGuard = addressGuard
        errorText.pointee = 0
        let context = Unmanaged.passUnretained(self).toOpaque()
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_PROXY, "")
        ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        ccurl_set_pointer(handle, CURLOPT_PRIVATE, context)
        ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        ccurl_set_receiver(handle, CURLOPT_WRITEFUNCTION, Transfer.receiveBody)
        if addressGuard != nil {
            ccurl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
            ccurl_set_opener(handle, Transfer.openSocket)
        }
        if wantedHeaders?.isEmpty != true {
            ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
            ccurl_set_receiver(handle, CURLOPT_HEADERFUNCTION, Transfer.receiveHeader)
        }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(list)
        errorText.deallocate()
        sent.deallocate()
    }

    /// The status of the answer.
    var status: Int { ccurl_status(handle) }

    /// Finds the transfer of a handle.
    static func of(_ handle: UnsafeMutableRawPointer) -> Transfer? {
        ccurl_private(handle).map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Sets everything that the next request needs.
    ///
    /// Of the answer's body `keptBytes` are kept. With `isHashed` all of it is hashed as it comes.
    func prepare(
        _ method: Method,
        _ url: String,
        _ headers: Headers,
        _ body: [UInt8],
        timeoutMilliseconds: Int,
        isSentOnce: Bool = false,
        keptBytes: Int = .max,
        isHashed: Bool = false
    ) {
        self.method = method.text
        self.url = url
        self.headers = Headers()
        self.body.removeAll(keepingCapacity: true)
        headerBytes = 0
        byteCount = 0
        self.keptBytes = keptBytes
        hash = isHashed ? SHA256() : nil
        isTooLarge = false
        isRefused = false
        errorText.pointee = 0
        set(CURLOPT_URL, url)
        set(CURLOPT_TIMEOUT_MS, max(1, timeoutMilliseconds))
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, min(timeoutMilliseconds, 5000)))
        set(CURLOPT_FRESH_CONNECT, isSentOnce ? 1 : 0)
        set(CURLOPT_FORBID_REUSE, isSentOnce ? 1 : 0)
        set(CURLOPT_NOBODY, 0)
        set(CURLOPT_HTTPGET, 1)
        ccurl_set_pointer(handle, CURLOPT_CUSTOMREQUEST, nil)
        switch method {
        case .get where body.isEmpty:
            break
        case .head where body.isEmpty:
            set(CURLOPT_NOBODY, 1)
        case .post, .put, .patch:
            setBody(body)
        default:
            if !body.isEmpty { setBody(body) }
        }
        if method != .get && method != .head || !body.isEmpty {
            set(CURLOPT_CUSTOMREQUEST, method.text)
        }
        setHeaders(headers)
    }

    /// Moves the body of the answer out.
    func takeBody() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &body)
        return taken
    }

    /// Moves the SHA-256 of the body as far as it was read out, if it was wanted.
    func takeDigest() -> [UInt8]? {
        defer { hash = nil }
        return hash?.finalize()
    }

    /// Moves the header fields of the answer out.
    func takeHeaders() -> Headers {
        let taken = headers
        headers = Headers()
        return taken
    }

    /// Describes why there is no answer, or returns `nil` when there is one.
    func error(_ outcome: CURLcode) -> HTTPClientError? {
        guard outcome != CURLE_OK else { return nil }
        let words = errorText.pointee == 0 ? curl_easy_strerror(outcome) : UnsafePointer(errorText)
        let cause = isTooLarge ? "the answer is too large" : words.map { String(cString: $0) }
        return HTTPClientError(
            isTooLarge ? .tooLarge : Transfer.code(of: outcome),
            method: method,
            url: url,
            cause: cause ?? "failed"
        )
    }

    private static func code(of outcome: CURLcode) -> HTTPClientError.Code {
        switch outcome {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .invalidURL
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT: .unreachable
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE:
            .untrusted
        default: .broken
        }
    }

    private func set(_ option: CURLoption, _ value: Int) {
        ccurl_set_number(handle, option, curl_off_t(value))
    }

    private func set(_ option: CURLoption, _ value: String) {
        ccurl_set_pointer(handle, option, value)
    }

    /// Copies a body to where it stays during the transfer.
    private func setBody(_ body: [UInt8]) {
        if body.count > sent.count {
            sent.deallocate()
            sent = .allocate(byteCount: body.count, alignment: 1)
        }
        sent.copyBytes(from: body)
        set(CURLOPT_POST, 1)
        ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, sent.baseAddress)
        set(CURLOPT_POSTFIELDSIZE_LARGE, body.count)
    }

    /// Sets the header fields, without those that the library would add for itself.
    private func setHeaders(_ headers: Headers) {
        curl_slist_free_all(list)
        list = curl_slist_append(nil, "Expect:")
        if headers["Content-Type"] == nil { list = curl_slist_append(list, "Content-Type:") }
        for field in headers.fields {
            let isClean = !field.value.utf8.contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 }
            precondition(isClean, "a header field has one line")
            let separator = field.value.isEmpty ? ";" : ": "
            list = curl_slist_append(list, field.name + separator + field.value)
        }
        ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, list)
    }

    private static let receiveBody: ccurl_receiver = { bytes, size, count, context in
        guard let context, let bytes else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let room = transfer.maximumResponseBytes - transfer.byteCount
        let part = UnsafeRawBufferPointer(start: bytes, count: min(count, room))
        transfer.byteCount += part.count
        transfer.hash?.update(part)
        transfer.body.append(contentsOf: part.prefix(transfer.keptBytes - transfer.body.count))
        transfer.isTooLarge = count > room
        return part.count
    }

    private static let receiveHeader: ccurl_receiver = { bytes, size, count, context in
        guard let context, let bytes else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        transfer.headerBytes += count
        let limit = max(transfer.maximumResponseBytes, Transfer.leastHeaderBytes)
        guard transfer.headerBytes <= limit else {
            transfer.isTooLarge = true
            return 0
        }
        transfer.receive(headerLine: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    /// Opens the socket of a connection if the guard admits its address.
    private static let openSocket: curl_opensocket_callback = { context, _, address in
        guard let context, let address else { return -1 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let target = address.pointee
        guard let addressGuard = transfer.addressGuard,
            addressGuard.admits(Transfer.bytes(of: address))
        else {
            transfer.isRefused = true
            return -1
        }
        return socket(
            target.family,
            target.socktype | Int32(SOCK_CLOEXEC.rawValue),
            target.protocol
        )
    }

    /// The bytes of an IP address, or none of another family.
    private static func bytes(of address: UnsafeMutablePointer<curl_sockaddr>) -> [UInt8] {
        let family = address.pointee.family
        guard let start = ccurl_address(address) else { return [] }
        switch family {
        case AF_INET: return Array(UnsafeRawBufferPointer(start: start, count: 4))
        case AF_INET6: return Array(UnsafeRawBufferPointer(start: start, count: 16))
        default: return []
        }
    }

    /// Keeps a field; a status line begins anew, as after `100 Continue`.
    private func receive(headerLine line: UnsafeRawBufferPointer) {
        if line.starts(with: "HTTP/".utf8) {
            headers = Headers()
            return
        }
        guard let mark = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        let name = String(decoding: line[..<mark], as: UTF8.self)
        if let wantedHeaders, !wantedHeaders.contains(where: { Headers.areEqual($0, name) }) {
            return
        }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        var value = line[(mark + 1)...].drop(while: isSpace)
        while let last = value.last, isSpace(last) { value.removeLast() }
        headers.add(name, String(decoding: value, as: UTF8.self))
    }
}

extension Transfer {
    /// Why a connection was refused, if one was.
    var refusal: String? { isRefused ? addressGuard?.refusal : nil }
}
