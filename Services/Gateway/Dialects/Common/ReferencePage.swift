import Contracts
import GatewayCore
import HTTP
import JSON

/// The page `/docs`: the calls, the errors and the rules, as HTML without scripts.
public enum ReferencePage {
    /// The page.
    public static func html() -> String {
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Pursestrings API</title>
        <style>
        body{font:16px/1.5 sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
        table{border-collapse:collapse}
        td,th{padding:.3rem .8rem .3rem 0;vertical-align:top;text-align:left}
        tr:target,details:target{background:#fff3b0}
        pre{background:#f4f4f4;padding:1rem;overflow:auto}
        </style>
        <h1>Pursestrings API</h1>
        <p><a href="#calls">Calls</a> · <a href="#errors">Errors</a> · <a href="#rules">Rules</a>
        · <a href="#fields">Fields</a> · <a href="/openapi.json">OpenAPI</a></p>
        <p>Every call sends <code>Authorization: Bearer KEY</code> and, with a body,
        <code>Content-Type: application/json</code>. Send an <code>Idempotency-Key</code> with
        everything that moves money: a repeat with the same key gets the first outcome, marked
        <code>Idempotent-Replayed: true</code>, and moves nothing again. Wait at least 15 seconds
        for an answer; when none comes, repeat the request with its key.</p>
        <pre>curl -X POST \\
          -H "Authorization: Bearer KEY" -H "Idempotency-Key: order-42" \\
          -H "Content-Type: application/json" \\
          -d '{"walletId":"wal_...","to":"api.example.com","amount":"2.50","currency":"USDC"}' \\
          URL/v1/payments</pre>
        \(calls)
        \(errors)
        \(rules)
        \(fields)
        </html>

        """
    }

    private static var calls: String {
        let groups = OperationReference.groups.map { group in
            let operations = OpenAPI.operations.filter {
                OperationReference.group(of: $0) == group.name
            }
            return """
                <h3 id="group-\(group.name)">\(escaped(group.name))</h3>
                <p>\(escaped(group.meaning))</p>
                \(operations.map(call).joined(separator: "\n"))
                """
        }
        return "<h2 id=\"calls\">Calls</h2>\n" + groups.joined(separator: "\n")
    }

    /// One call: what it does, how to make it, and what comes back.
    private static func call(_ operation: Operation) -> String {
        let answers = OpenAPI.allAnswers(of: operation).filter { $0.0 < 300 && $0.1 != .null }
        let shown = answers.map { status, schema in
            let example = Example.answer(of: operation, status, schema)
            return "<p>\(status)</p><pre>\(escaped(text(of: example)))</pre>"
        }
        return """
            <details id="\(operation.id)"><summary><code>\(operation.method.text) \
            \(escaped(operation.path))</code> \(escaped(operation.summary))</summary>
            <p>\(escaped(OperationReference.description(of: operation)))</p>
            <pre>\(escaped(curl(operation)))</pre>
            \(shown.joined(separator: "\n"))
            </details>
            """
    }

    private static func curl(_ operation: Operation) -> String {
        var lines = ["curl -X \(operation.method.text)"]
        if !operation.classes.isEmpty { lines.append(#"-H "Authorization: Bearer KEY""#) }
        if operation.takesKey { lines.append(#"-H "Idempotency-Key: order-42""#) }
        if operation.body != nil {
            lines.append(#"-H "Content-Type: application/json""#)
            let body = String(decoding: Example.body(of: operation).bytes(), as: UTF8.self)
            lines.append("-d '\(body)'")
        }
        lines.append("URL\(operation.path)")
        return lines.joined(separator: " \\\n  ")
    }

    /// A value over several lines.
    private static func text(of value: JSONValue, _ indent: String = "") -> String {
        let inner = indent + "  "
        if let members = value.objectValue?.members, !members.isEmpty {
            let lines = members.map { member in
                let key = String(decoding: JSONValue.string(member.key).bytes(), as: UTF8.self)
                return inner + key + ": " + text(of: member.value, inner)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
        }
        if let items = value.arrayValue, !items.isEmpty {
            let lines = items.map { inner + text(of: $0, inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n" + indent + "]"
        }
        return String(decoding: value.bytes(), as: UTF8.self)
    }

    private static var errors: String {
        let rows = ErrorReference.entries.map { entry in
            "<tr id=\"\(entry.code)\"><td><code>\(entry.code)</code></td><td>\(entry.statuses)</td>"
                + "<td>\(text(entry.meaning))</td><td>\(text(entry.money))</td>"
                + "<td>\(text(entry.next))</td></tr>"
        }
        return """
            <h2 id="errors">Errors</h2>
            <p>An error below <code>/v1</code> is <code>{"error":{code, message, docs, request_id,
            outcome, …}}</code>. <code>outcome</code> is <code>not_applied</code> (nothing was
            changed) or <code>unknown</code> (repeat with the key to learn it). The other four APIs
            have their own envelopes for the same reasons.</p>
            <table><tr><th>Code</th><th>Status</th><th>Meaning</th><th>Did money move?</th>
            <th>What to do</th></tr>
            \(rows.joined(separator: "\n"))</table>
            """
    }

    private static var rules: String {
        let rows = RuleReference.entries.map { entry in
            "<tr id=\"rule-\(entry.rule.rawValue)\"><td><code>\(entry.rule.rawValue)</code></td>"
                + "<td>\(text(entry.meaning))</td></tr>"
        }
        return """
            <h2 id="rules">Rules</h2>
            <p>What <code>violations[].rule</code> can say. Limits are inclusive.</p>
            <table><tr><th>Rule</th><th>The payment is denied when</th></tr>
            \(rows.joined(separator: "\n"))</table>
            """
    }

    private static var fields: String {
        let rows = FieldReference.entries.map { entry in
            "<tr id=\"field-\(entry.code)\"><td><code>\(entry.code)</code></td>"
                + "<td>\(text(entry.meaning))</td></tr>"
        }
        return """
            <h2 id="fields">Fields</h2>
            <p>What <code>errors[].code</code> can say about a field.</p>
            <table><tr><th>Code</th><th>Meaning</th></tr>
            \(rows.joined(separator: "\n"))</table>
            """
    }

    /// A text as HTML, in which what stands between backquotes is code.
    private static func text(_ text: String) -> String {
        let parts = escaped(text).split(separator: "`", omittingEmptySubsequences: false)
        return parts.enumerated().map { index, part in
            index.isMultiple(of: 2) ? String(part) : "<code>\(part)</code>"
        }.joined()
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
