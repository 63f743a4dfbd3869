import Contracts
import HTTP

/// A request that was looked at by its headers: its route is found, and its sender is known.
public struct AdmittedRequest {
    let dialect: any Dialect
    let route: any Route
    let parameters: PathParameters
    let principal: Principal
    let requestID: String

    /// The token of a session, whose promise about the body is still to be checked.
    let session: SessionToken?

    /// The greatest number of bytes of the body.
    public let bodyBytes: Int

    /// Whose the body is: an organisation, or nobody.
    public var account: String { principal.organisation.rawValue }
}
