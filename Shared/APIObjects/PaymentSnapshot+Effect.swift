import Contracts

extension PaymentSnapshot {
    /// Whether a wallet gave the money, or would have; else it got it.
    func isGiven(by wallet: Wallet.ID) -> Bool {
        switch type {
        case .payment, .escrow, .defunding: wallet == self.wallet
        // The payer of an escrow gave its money when that was locked.
        case .escrowRelease, .groupRelease: wallet != recipientWallet
        case .funding, .escrowRefund, .payout: false
        }
    }

    /// What the payment changed of a wallet's balance: an amount, and whether it was lost.
    func effect(on wallet: Wallet.ID) -> (amount: MinorUnits, isLoss: Bool) {
        guard status == .confirmed else { return (0, false) }
        switch type {
        case .payment, .escrow, .defunding:
            if wallet == self.wallet {
                return (amount.minorUnits.adding(fee ?? 0) ?? .maximum, true)
            }
            // What is locked is nobody's yet.
            return (type == .payment ? amount.minorUnits : 0, false)
        case .funding, .escrowRelease, .escrowRefund, .groupRelease, .payout:
            return (wallet == recipientWallet ? amount.minorUnits : 0, false)
        }
    }
}
