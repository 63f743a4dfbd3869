public import Contracts
public import Messaging

/// The messages that Policy understands.
public enum PolicyInput: Sendable {
    case authorizePayments(AuthorizePayments)
    case authorizeLocks(AuthorizeLocks)
    case createPolicy(CreatePolicy)
    case replacePolicy(ReplacePolicy)
    case deletePolicy(DeletePolicy)
    case getPolicy(GetPolicy)
    case listPolicies(ListPolicies)
    case simulatePayment(SimulatePayment)
    case simulateHistory(SimulateHistory)
    case explainPayment(ExplainPayment)
    case getBudget(GetBudget)
    case getBindings(GetBindings)
    case rebindWallet(RebindWallet)
    case listApprovals(ListApprovals)
    case getApproval(GetApproval)
    case decideApproval(DecideApproval)
    case authorizeBatch(AuthorizeBatch)
    case releaseBatch(ReleaseBatch)
    case authorizeReleases(AuthorizeReleases)
    case recordGroup(RecordGroup)
    case bindWallet(BindWallet)
    case recordDestination(RecordDestination)
    case forgetDestination(ForgetDestination)
    case releaseAuthorizations(ReleaseAuthorizations)
    case pulse

    /// How the messages of the wire become inputs.
    public static let table = InputTable<PolicyInput>([
        .request(AuthorizePayments.self, PolicyInput.authorizePayments),
        .command(AuthorizeLocks.self, PolicyInput.authorizeLocks),
        .request(CreatePolicy.self, PolicyInput.createPolicy),
        .request(ReplacePolicy.self, PolicyInput.replacePolicy),
        .request(DeletePolicy.self, PolicyInput.deletePolicy),
        .query(GetPolicy.self, PolicyInput.getPolicy),
        .query(ListPolicies.self, PolicyInput.listPolicies),
        .query(SimulatePayment.self, PolicyInput.simulatePayment),
        .query(SimulateHistory.self, PolicyInput.simulateHistory),
        .query(ExplainPayment.self, PolicyInput.explainPayment),
        .query(GetBudget.self, PolicyInput.getBudget),
        .query(GetBindings.self, PolicyInput.getBindings),
        .request(RebindWallet.self, PolicyInput.rebindWallet),
        .query(ListApprovals.self, PolicyInput.listApprovals),
        .query(GetApproval.self, PolicyInput.getApproval),
        .request(DecideApproval.self, PolicyInput.decideApproval),
        .command(AuthorizeBatch.self, PolicyInput.authorizeBatch),
        .command(ReleaseBatch.self, PolicyInput.releaseBatch),
        .command(AuthorizeReleases.self, PolicyInput.authorizeReleases),
        .command(RecordGroup.self, PolicyInput.recordGroup),
        .command(BindWallet.self, PolicyInput.bindWallet),
        .command(RecordDestination.self, PolicyInput.recordDestination),
        .command(ForgetDestination.self, PolicyInput.forgetDestination),
        .command(ReleaseAuthorizations.self, PolicyInput.releaseAuthorizations),
    ])
}
