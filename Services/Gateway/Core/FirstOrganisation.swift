public import Contracts
public import Messaging

/// The organisation that the platform began with may use every rail: its owner is the platform's.
public enum FirstOrganisation {
    /// How often Settlement is asked; each time waits for its answer.
    private static let attempts = 60

    /// Asks Settlement to grant the rails to the first organisation, until it has.
    ///
    /// It can be done at every start: what was granted or denied before stays.
    public static func openRails(
        of first: Organisation.ID,
        _ services: any ServiceClient
    ) async {
        for _ in 0..<attempts {
            do {
                _ = try await services.ask(OpenRails(organisation: first))
                return
            } catch {
                if case .refused(let refusal) = error, !refusal.code.isTemporary { return }
            }
        }
    }
}
