import Contracts

/// Every message of the contracts.
///
/// A new message is added here, gets a golden file, and is described in the AsyncAPI document.
enum Catalogue {
    static let messages: [any Message.Type] =
        batch + escrow + messaging + notifier + policy + settlement

    private static let batch: [any Message.Type] = [
        AddPayouts.self, AuthorizeBatch.self, BatchList.self, BatchReply.self, CancelBatch.self,
        CreateBatch.self, DeletePayout.self, ExecuteBatch.self, FindPhones.self, GetBatch.self,
        GetPayout.self, ListBatches.self, ListPayouts.self, PayoutList.self, PayoutReply.self,
        PhoneList.self, ReleaseBatch.self, SettleClaims.self, SubmitBatch.self, UpdateBatch.self,
    ]

    private static let escrow: [any Message.Type] = [
        AcceptEscrow.self, CancelRelease.self, CompleteEscrow.self, CreateEscrow.self,
        CreateRelease.self, DisputeEscrow.self, EscrowList.self, EscrowReply.self, GetEscrow.self,
        GetRelease.self, ListEscrows.self, ListReleases.self, RecordEnds.self,
        RecordExchange.self, RecordGroupMoves.self, RecordLocks.self, ReleaseList.self,
        ReleaseReply.self, ResolveEscrow.self, SignRelease.self,
    ]

    private static let messaging: [any Message.Type] = [
        Acknowledge.self, DecidePutAside.self, GetPutAside.self, ListPutAside.self,
        PutAsideList.self, PutAsideReply.self, RequestRefused.self,
    ]

    private static let notifier: [any Message.Type] = [
        CreateEndpoint.self, DeleteEndpoint.self, DeliveryList.self, DeliveryReply.self,
        EndpointList.self, EndpointReply.self, EventList.self, GetEndpoint.self,
        ListDeliveries.self, ListEndpoints.self, ListEvents.self, RecordEvents.self,
        RedeliverEvent.self, RedeliverEvents.self, RedeliveryReply.self, RequestExchange.self,
        RotateEndpointSecret.self, SendTexts.self, TestEndpoint.self, UpdateEndpoint.self,
    ]

    private static let policy: [any Message.Type] = [
        ApprovalList.self, ApprovalReply.self, AuthorizeLocks.self, AuthorizePayments.self,
        AuthorizeReleases.self, JudgeReceivers.self, RecordGroup.self,
        BindWallet.self, Bindings.self, Budget.self, CreatePolicy.self, DecideApproval.self,
        DeletePolicy.self, ExplainPayment.self, ForgetDestination.self, GetApproval.self,
        GetBindings.self,
        GetBudget.self, GetPolicy.self, HistorySimulation.self, ListApprovals.self,
        ListPolicies.self, NamePolicies.self, NamedPolicies.self, PaymentExplanation.self,
        PaymentSimulation.self, PolicyList.self,
        PolicyReply.self,
        RecordDestination.self, ReleaseAuthorizations.self, ReplacePolicy.self,
        SettleFees.self,
        SimulateHistory.self, SimulatePayment.self,
    ]

    private static let settlement: [any Message.Type] = [
        AgentList.self, AttemptList.self, AttemptReply.self, BrowsePayments.self, CodeReply.self,
        CreateCode.self, DefundWallet.self, DepositReserve.self, DestinationList.self,
        DestinationOwner.self,
        DestinationReply.self, EndEscrows.self, EndJudgedEscrows.self, ExecutePayments.self,
        FindAgents.self,
        FindDestination.self, FindInvoicePayment.self, FindTrace.self, FindUsers.self,
        FreezeWallets.self, FundWallet.self,
        GetCode.self, GetGroup.self, GetInvoice.self, GetNode.self, GetPayment.self,
        GetReserve.self, GetWallet.self, GrantRail.self, GroupList.self, GroupReply.self,
        InvoiceList.self, InvoiceReply.self, IssueArkAddress.self, IssueInvoice.self,
        ListAttempts.self,
        ListDestinations.self, ListGroups.self, ListInvoices.self, ListPayments.self,
        ListRailGrants.self,
        ListWallets.self, MoveGroups.self, NodeReply.self, OpenGroup.self, OpenRails.self,
        OpenWallet.self, PaymentList.self, PaymentOutcomes.self, PaymentPage.self,
        PaymentReply.self, RailGrants.self, RegisterDestination.self, RemoveDestination.self,
        ReserveReply.self,
        ResolveAttempt.self, SetWalletStatus.self, TraceReply.self, UpdateWallet.self,
        UserList.self, WalletList.self, WalletReply.self, WithdrawReserve.self,
    ]
}
