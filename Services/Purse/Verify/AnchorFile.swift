import Crypto
import Glibc
import JSON
import Ledger
import ServiceHost

/// A file of signed heads of the ledger, one JSON object a line, that is kept where nobody who can
/// write the databases can write.
struct AnchorFile {
    /// The path.
    let path: String

    /// The heads that were carried away, oldest first.
    let anchors: [LedgerAnchor]

    /// Reads the file; one that is not there has no heads yet.
    ///
    /// - Throws: The file cannot be read, or a line of it is no signed head.
    init(_ path: String) throws {
        self.path = path
        guard access(path, F_OK) == 0 else {
            anchors = []
            return
        }
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        var anchors: [LedgerAnchor] = []
        for (index, line) in text.split(separator: "\n").enumerated() {
            guard let anchor = Self.anchor(of: line), anchor.isSigned else {
                throw Failure(
                    .usage,
                    "line \(index + 1) of \(path) is not a signed head of a ledger",
                    hint: "it was changed, or is not a file that purse verify --anchor has written"
                )
            }
            anchors.append(anchor)
        }
        self.anchors = anchors
    }

    /// Adds a head, unless it is the last one already.
    func append(_ head: LedgerAnchor) throws {
        guard anchors.last != head else { return }
        let lines = (anchors + [head]).map { Self.value(of: $0).description + "\n" }
        try Files.write(Array(lines.joined().utf8), to: path)
    }

    /// A head for programs.
    static func value(of anchor: LedgerAnchor) -> JSONValue {
        [
            "sequence": .integer(anchor.sequence),
            "hash": .string(Hex.text(of: anchor.hash)),
            "signature": .string(Base58.text(of: anchor.signature)),
            "public_key": .string(Base58.text(of: anchor.publicKey)),
        ]
    }

    private static func anchor(of line: Substring) -> LedgerAnchor? {
        guard let object = try? JSONValue(parsing: Array(line.utf8)).objectValue,
            case .number(let number)? = object["sequence"], let sequence = number.integer,
            let hash = object["hash"]?.stringValue.flatMap({ Hex.bytes(of: $0) }),
            let signature = object["signature"]?.stringValue.flatMap({ Base58.bytes(of: $0) }),
            let publicKey = object["public_key"]?.stringValue.flatMap({ Base58.bytes(of: $0) })
        else { return nil }
        return LedgerAnchor(
            sequence: sequence,
            hash: hash,
            signature: signature,
            publicKey: publicKey
        )
    }
}
