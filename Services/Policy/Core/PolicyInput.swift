public import Contracts
public import Messaging

/// The messages that Policy understands.
public enum PolicyInput: Sendable {
    case authorizePayments(AuthorizePayments)
    case authorizeLocks(AuthorizeLocks)
    case createPolicy(CreatePolicy)
    case replacePolicy(ReplacePolicy)
    case deletePolicy(DeletePolicy)
    case namePolicies(NamePolicies)
    case getPolicy(GetPolicy)
    case listPolicies(ListPolicies)
    case simulatePayment(SimulatePayment)
    case simulateHistory(SimulateHistory)
    case explainPayment(ExplainPayment)
    case getBudget(GetBudget)
    case getBindings(GetBindings)
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
    case settleFees(SettleFees)
    case judgeReceivers(JudgeReceivers)
    case pulse

    /// How the messages of the wire become inputs.
    public static let table = InputTable<PolicyInput>([
        .request(AuthorizePayments.self, PolicyInput.authorizePayments),
        .command(AuthorizeLocks.self, from: [.escrow], PolicyInput.authorizeLocks),
        .request(CreatePolicy.self, PolicyInput.createPolicy),
        .request(ReplacePolicy.self, PolicyInput.replacePolicy),
        .request(DeletePolicy.self, PolicyInput.deletePolicy),
        .request(NamePolicies.self, PolicyInput.namePolicies),
        .query(GetPolicy.self, PolicyInput.getPolicy),
        .query(ListPolicies.self, PolicyInput.listPolicies),
        .query(SimulatePayment.self, PolicyInput.simulatePayment),
        .survey(SimulateHistory.self, of: { $0.organisation }, PolicyInput.simulateHistory),
        .survey(ExplainPayment.self, of: { $0.organisation }, PolicyInput.explainPayment),
        .query(GetBudget.self, PolicyInput.getBudget),
        .query(GetBindings.self, PolicyInput.getBindings),
        .query(ListApprovals.self, PolicyInput.listApprovals),
        .query(GetApproval.self, PolicyInput.getApproval),
        .request(DecideApproval.self, PolicyInput.decideApproval),
        .command(AuthorizeBatch.self, from: [.settlement], PolicyInput.authorizeBatch),
        .command(ReleaseBatch.self, from: [.settlement], PolicyInput.releaseBatch),
        .command(AuthorizeReleases.self, from: [.escrow], PolicyInput.authorizeReleases),
        .command(RecordGroup.self, from: [.settlement], PolicyInput.recordGroup),
        .command(BindWallet.self, from: [.settlement], PolicyInput.bindWallet),
        .command(RecordDestination.self, from: [.settlement], PolicyInput.recordDestination),
        .command(ForgetDestination.self, from: [.settlement], PolicyInput.forgetDestination),
        .command(
            ReleaseAuthorizations.self,
            from: [.settlement],
            PolicyInput.releaseAuthorizations
        ),
        .command(SettleFees.self, from: [.settlement], PolicyInput.settleFees),
        .command(JudgeReceivers.self, from: [.settlement], PolicyInput.judgeReceivers),
    ])
}
