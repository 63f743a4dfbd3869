public import Contracts
public import Messaging

/// The messages that Settlement understands.
public enum SettlementInput: Sendable {
    case executePayments(ExecutePayments)
    case endEscrows(EndEscrows)
    case endJudgedEscrows(EndJudgedEscrows)
    case getPayment(GetPayment)
    case listPayments(ListPayments)
    case browsePayments(BrowsePayments)
    case findAgents(FindAgents)
    case openWallet(OpenWallet)
    case createBatch(CreateBatch)
    case updateBatch(UpdateBatch)
    case cancelBatch(CancelBatch)
    case submitBatch(SubmitBatch)
    case executeBatch(ExecuteBatch)
    case settleClaims(SettleClaims)
    case getBatch(GetBatch)
    case listBatches(ListBatches)
    case addPayouts(AddPayouts)
    case listPayouts(ListPayouts)
    case getPayout(GetPayout)
    case deletePayout(DeletePayout)
    case findPhones(FindPhones)
    case getWallet(GetWallet)
    case listWallets(ListWallets)
    case updateWallet(UpdateWallet)
    case setWalletStatus(SetWalletStatus)
    case freezeWallets(FreezeWallets)
    case depositReserve(DepositReserve)
    case withdrawReserve(WithdrawReserve)
    case getReserve(GetReserve)
    case fundWallet(FundWallet)
    case defundWallet(DefundWallet)
    case registerDestination(RegisterDestination)
    case removeDestination(RemoveDestination)
    case listDestinations(ListDestinations)
    case issueInvoice(IssueInvoice)
    case getInvoice(GetInvoice)
    case listInvoices(ListInvoices)
    case findInvoicePayment(FindInvoicePayment)
    case issueArkAddress(IssueArkAddress)
    case getNode(GetNode)
    case findDestination(FindDestination)
    case listAttempts(ListAttempts)
    case resolveAttempt(ResolveAttempt)
    case grantRail(GrantRail)
    case openRails(OpenRails)
    case listRailGrants(ListRailGrants)
    case createCode(CreateCode)
    case getCode(GetCode)
    case findTrace(FindTrace)
    case findUsers(FindUsers)
    case openGroup(OpenGroup)
    case getGroup(GetGroup)
    case listGroups(ListGroups)
    case moveGroups(MoveGroups)
    case railOrdersEnded(RailOrdersEnded)
    case exchangesEnded(HTTPExchangesEnded)
    case pulse

    /// How the messages of the wire become inputs.
    public static let table = InputTable<SettlementInput>([
        .command(ExecutePayments.self, from: [.policy], SettlementInput.executePayments),
        .command(EndEscrows.self, from: [.escrow], SettlementInput.endEscrows),
        .command(EndJudgedEscrows.self, from: [.policy], SettlementInput.endJudgedEscrows),
        .query(GetPayment.self, SettlementInput.getPayment),
        .query(ListPayments.self, SettlementInput.listPayments),
        .survey(BrowsePayments.self, of: { $0.organisation }, SettlementInput.browsePayments),
        .query(FindAgents.self, SettlementInput.findAgents),
        .request(OpenWallet.self, SettlementInput.openWallet),
        .request(CreateBatch.self, SettlementInput.createBatch),
        .request(UpdateBatch.self, SettlementInput.updateBatch),
        .request(CancelBatch.self, SettlementInput.cancelBatch),
        .request(SubmitBatch.self, SettlementInput.submitBatch),
        .command(ExecuteBatch.self, from: [.policy], SettlementInput.executeBatch),
        .command(SettleClaims.self, from: [.policy], SettlementInput.settleClaims),
        .query(GetBatch.self, SettlementInput.getBatch),
        .query(ListBatches.self, SettlementInput.listBatches),
        .request(AddPayouts.self, SettlementInput.addPayouts),
        .survey(ListPayouts.self, of: { $0.organisation }, SettlementInput.listPayouts),
        .query(GetPayout.self, SettlementInput.getPayout),
        .request(DeletePayout.self, SettlementInput.deletePayout),
        .query(FindPhones.self, SettlementInput.findPhones),
        .query(GetWallet.self, SettlementInput.getWallet),
        .query(ListWallets.self, SettlementInput.listWallets),
        .request(UpdateWallet.self, SettlementInput.updateWallet),
        .request(SetWalletStatus.self, SettlementInput.setWalletStatus),
        .command(FreezeWallets.self, from: [.policy], SettlementInput.freezeWallets),
        .request(DepositReserve.self, SettlementInput.depositReserve),
        .request(WithdrawReserve.self, SettlementInput.withdrawReserve),
        .query(GetReserve.self, SettlementInput.getReserve),
        .request(FundWallet.self, SettlementInput.fundWallet),
        .request(DefundWallet.self, SettlementInput.defundWallet),
        .request(RegisterDestination.self, SettlementInput.registerDestination),
        .request(RemoveDestination.self, SettlementInput.removeDestination),
        .query(ListDestinations.self, SettlementInput.listDestinations),
        .request(IssueInvoice.self, SettlementInput.issueInvoice),
        .query(GetInvoice.self, SettlementInput.getInvoice),
        .survey(ListInvoices.self, of: { $0.organisation }, SettlementInput.listInvoices),
        .query(FindInvoicePayment.self, SettlementInput.findInvoicePayment),
        .request(IssueArkAddress.self, SettlementInput.issueArkAddress),
        .query(GetNode.self, SettlementInput.getNode),
        .query(FindDestination.self, SettlementInput.findDestination),
        .query(ListAttempts.self, SettlementInput.listAttempts),
        .request(ResolveAttempt.self, SettlementInput.resolveAttempt),
        .request(GrantRail.self, SettlementInput.grantRail),
        .request(OpenRails.self, SettlementInput.openRails),
        .query(ListRailGrants.self, SettlementInput.listRailGrants),
        .request(CreateCode.self, SettlementInput.createCode),
        .query(GetCode.self, SettlementInput.getCode),
        .query(FindTrace.self, SettlementInput.findTrace),
        .query(FindUsers.self, SettlementInput.findUsers),
        .request(OpenGroup.self, SettlementInput.openGroup),
        .query(GetGroup.self, SettlementInput.getGroup),
        .survey(ListGroups.self, of: { $0.organisation }, SettlementInput.listGroups),
        .command(MoveGroups.self, from: [.policy], SettlementInput.moveGroups),
        .result(RailOrdersEnded.self, SettlementInput.railOrdersEnded),
        .result(HTTPExchangesEnded.self, SettlementInput.exchangesEnded),
    ])
}
