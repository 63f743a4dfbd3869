import Contracts
import Storage

/// Why a request ends early: a named no, or the database's failure.
enum Refusal: Error {
    case refused(RequestRefused)
    case failed(StorageError)

    static func no(_ code: RequestRefused.Code, _ message: String) -> Refusal {
        .refused(RequestRefused(code, message: message))
    }

    static let noEndpoint = Refusal.no(.notFound, "There is no such webhook.")
    static let noEvent = Refusal.no(.notFound, "There is no such event.")
    static let disabled = Refusal.no(.invalidState, "The webhook is disabled; enable it first.")

    /// Runs something that only the database can make fail.
    static func run<Success>(
        _ body: () throws(StorageError) -> Success
    ) throws(Refusal) -> Success {
        do {
            return try body()
        } catch {
            throw .failed(error)
        }
    }
}
