import Contracts

/// Where the five services have health and metrics: ports in a row, in the order of the services.
struct OperationsAddress {
    private let host: String
    private let firstPort: Int

    /// Takes the first port of a command line, or what `PURSE_OPS_ADDRESS` says; 0 is free ones.
    init(
        port: Int?,
        setting: String? = Environment.text("PURSE_OPS_ADDRESS")
    ) throws(Failure) {
        let text = port.map { "127.0.0.1:\($0)" } ?? setting ?? "127.0.0.1:0"
        guard let mark = text.lastIndex(of: ":"), let first = Int(text[text.index(after: mark)...]),
            (0...65_531).contains(first)
        else {
            throw Failure(
                .usage,
                "PURSE_OPS_ADDRESS is ADDRESS:PORT with the first of five ports, 0 to 65531,"
                    + " not '\(PlainText.printable(text))'"
            )
        }
        host = String(text[..<mark])
        firstPort = first
    }

    /// Where a service is to have them: always there, or where it was before, or at a free port.
    func address(of service: ServiceName, before: String?) -> String {
        let place = ServiceName.allCases.firstIndex(of: service) ?? 0
        guard firstPort == 0 else { return "\(host):\(firstPort + place)" }
        return before ?? "\(host):0"
    }
}
