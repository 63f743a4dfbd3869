import CSodium

/// The library, which is started before its first use.
enum Sodium {
    private static let isReady = sodium_init() >= 0

    /// Starts the library.
    ///
    /// - Precondition: The system has a source of random numbers.
    static func start() {
        precondition(isReady, "libsodium starts")
    }
}
