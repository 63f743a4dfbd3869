/// How a SQLite database is opened.
public struct SQLiteOptions: Hashable, Sendable {
    /// The number that marks a file as one of ours, in the header of the file: `PURS` in ASCII.
    public static let applicationID: Int32 = 0x5055_5253

    /// The bound of the page cache, in KiB.
    public var pageCacheKibibytes: Int

    /// How long a statement waits for another connection's lock before it fails with `.busy`.
    public var busyTimeoutMilliseconds: Int

    /// The number of prepared statements that are kept.
    public var statementLimit: Int

    /// Whether the file's integrity is checked when it is opened.
    public var checksIntegrity: Bool

    /// Whether the file is locked against every other process that would write it.
    public var isExclusive: Bool

    /// The size of the write-ahead log, in pages of 4 KiB, from which it is copied into the file by
    /// a thread beside the writer.
    public var checkpointPages: Int

    /// The size of the write-ahead log, in pages of 4 KiB, from which the writer itself empties it
    /// before it goes on.
    public var logLimitPages: Int

    /// Creates options; each default is what a service uses.
    public init(
        pageCacheKibibytes: Int = 8192,
        busyTimeoutMilliseconds: Int = 5000,
        statementLimit: Int = 256,
        checksIntegrity: Bool = true,
        isExclusive: Bool = true,
        checkpointPages: Int = 4000,
        logLimitPages: Int = 65_536
    ) {
        precondition(pageCacheKibibytes > 0, "a page cache holds something")
        precondition(busyTimeoutMilliseconds >= 0, "a wait is not negative")
        precondition(statementLimit > 0, "the statement that runs is kept")
        precondition(checkpointPages > 0, "a checkpoint copies something")
        precondition(logLimitPages >= checkpointPages, "the limit comes after the checkpoint")
        self.pageCacheKibibytes = pageCacheKibibytes
        self.busyTimeoutMilliseconds = busyTimeoutMilliseconds
        self.statementLimit = statementLimit
        self.checksIntegrity = checksIntegrity
        self.isExclusive = isExclusive
        self.checkpointPages = checkpointPages
        self.logLimitPages = logLimitPages
    }
}
