import Contracts
import Glibc
import HTTPClient
import JSON
import Messaging
import ServiceHost

/// The port of text messages: posts them to a provider, or writes them into a file without one.
final class TextPort: Port {
    private let file: String
    private let provider: Provider?
    private let http: HTTPPort
    private var results: [TextResult] = []

    private struct Provider {
        var url: String
        var template: String
        var token: String?
    }

    /// Opens the port.
    ///
    /// - Parameters:
    ///   - settings: Where the provider or the file is.
    ///   - http: A port of its own, whose results nobody else takes.
    /// - Throws: The file of the token cannot be read, or the folder cannot be made.
    init(_ settings: Settings, http: HTTPPort) throws(Files.Failure) {
        self.http = http
        file = "\(settings.state)/run/texts.jsonl"
        try Files.makeFolder("\(settings.state)/run")
        if let url = settings.textURL {
            var token: String?
            if let path = settings.textTokenFile {
                let text = String(decoding: try Files.read(path), as: UTF8.self)
                token = text.split(whereSeparator: \.isWhitespace).first.map(String.init)
            }
            provider = Provider(url: url, template: settings.textTemplate, token: token)
        } else {
            provider = nil
        }
    }

    var fileDescriptor: Int32 { http.fileDescriptor }

    func take(_ order: any Message) -> Bool {
        guard let text = (order as? TextOrder)?.text else { return false }
        if let provider {
            _ = http.take(exchange(text, provider))
        } else {
            let isWritten = append(text)
            results.append(
                TextResult(
                    id: text.id,
                    isSent: isWritten,
                    failure: isWritten ? nil : "the file cannot be written"
                )
            )
            http.wake()
        }
        return true
    }

    func takeResults() -> [any Message] {
        for case let ended as HTTPExchangesEnded in http.takeResults() {
            results += ended.results.map { result in
                let isSent = (200...299).contains(result.status ?? 0)
                let failure = result.failure ?? "the provider answered \(result.status ?? 0)"
                return TextResult(
                    id: Text.ID(result.id),
                    isSent: isSent,
                    failure: isSent ? nil : failure
                )
            }
        }
        guard !results.isEmpty else { return [] }
        defer { results = [] }
        return [TextsEnded(results: results)]
    }

    private func exchange(_ text: TextMessage, _ provider: Provider) -> HTTPExchange {
        var headers = [
            ["Content-Type", "application/json"], ["Idempotency-Key", text.id.rawValue],
        ]
        if let token = provider.token { headers.append(["Authorization", "Bearer " + token]) }
        return HTTPExchange(
            id: text.id.rawValue,
            method: "POST",
            url: provider.url,
            headers: headers,
            body: Array(fill(provider.template, with: text).utf8),
            timeoutMilliseconds: 15_000,
            keptBytes: 0,
            maximumBytes: 64 << 10,
            wantsDigest: false
        )
    }

    /// Puts the number and the words into a template, escaped for a JSON string.
    private func fill(_ template: String, with text: TextMessage) -> String {
        var filled = ""
        var rest = template[...]
        let values = [("{to}", text.to), ("{text}", text.words)]
        while !rest.isEmpty {
            if let (mark, value) = values.first(where: { rest.hasPrefix($0.0) }) {
                filled += String(
                    decoding: JSONValue.string(value).bytes().dropFirst().dropLast(),
                    as: UTF8.self
                )
                rest = rest.dropFirst(mark.count)
            } else {
                filled.append(rest.removeFirst())
            }
        }
        return filled
    }

    /// Appends a line that only the owner of the file can read.
    private func append(_ text: TextMessage) -> Bool {
        let object: JSONValue = [
            "id": .string(text.id.rawValue),
            "organisation_id": .string(text.organisation.rawValue),
            "to": .string(text.to),
            "text": .string(text.words),
        ]
        let line = object.bytes() + [0x0A]
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return unsafe write(descriptor, line, line.count) == line.count
    }
}
