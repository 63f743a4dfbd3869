import CSQLite
import Glibc
import Storage
import Synchronization

/// Moves committed pages from the write-ahead log into the database file, beside the writer.
///
/// The writer says when the log has grown. A thread with its own connection then copies the bulk
/// while the writer goes on, and the writer copies the few pages that came in the meantime, between
/// two transactions. Then nothing is left in the log and the next transaction starts it anew.
///
/// Sendable is unchecked because the connection belongs to the thread alone once it runs, and the
/// semaphore is made for two threads; everything else is behind the mutex.
final class Checkpointer: @unchecked Sendable {
    private enum Phase {
        case resting
        case working
        case finished
        case stopping
    }

    private struct State {
        var phase = Phase.resting
        /// Whether the writer waits for the end of the work.
        var isAwaited = false
        /// A failed write or `fsync`, after which the process must not go on.
        var failure: StorageError?
    }

    /// A pass that copied fewer pages than this leaves the rest to the writer.
    private static let smallPassPages = 256
    private static let passLimit = 4

    private let connection: SQLiteConnection
    private let state = Mutex(State())
    private let wakeUp: UnsafeMutablePointer<sem_t>
    private let done: UnsafeMutablePointer<sem_t>
    private var thread = pthread_t()

    init(connection: SQLiteConnection) throws(StorageError) {
        self.connection = connection
        wakeUp = .allocate(capacity: 1)
        done = .allocate(capacity: 1)
        sem_init(wakeUp, 0, 0)
        sem_init(done, 0, 0)
        // The thread takes no signals: they are for the threads that wait for them.
        var every = sigset_t()
        var previous = sigset_t()
        sigfillset(&every)
        pthread_sigmask(SIG_SETMASK, &every, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        let result = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                // The object outlives the thread: `stop` joins it.
                Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue().run()
                return nil
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
        guard result == 0 else {
            throw StorageError(systemError: result, path: connection.path, doing: "start a thread")
        }
    }

    deinit {
        for semaphore in [wakeUp, done] {
            sem_destroy(semaphore)
            semaphore.deallocate()
        }
    }

    /// Asks for a checkpoint, and returns whether one has finished since, so that the writer should
    /// copy the rest.
    ///
    /// - Throws: `.uncertain` when writing or `fsync` failed in one.
    func advance() throws(StorageError) -> Bool {
        if let failure = state.withLock({ $0.failure }) { throw failure }
        let (wakes, hasFinished) = state.withLock { state in
            switch state.phase {
            case .resting:
                state.phase = .working
                return (true, false)
            case .finished:
                state.phase = .resting
                return (false, true)
            case .working, .stopping:
                return (false, false)
            }
        }
        if wakes {
            sem_post(wakeUp)
        }
        return hasFinished
    }

    /// Waits until the thread does nothing, so that the writer can empty the log.
    func settle() {
        let waits = state.withLock { state in
            state.isAwaited = state.phase == .working
            return state.isAwaited
        }
        if waits {
            while sem_wait(done) != 0 {}
        }
        state.withLock { $0.phase = .resting }
    }

    /// Ends the thread and waits for it.
    func stop() {
        state.withLock { $0.phase = .stopping }
        sem_post(wakeUp)
        pthread_join(thread, nil)
    }

    private func run() {
        while true {
            while sem_wait(wakeUp) != 0 {}
            copyPages()
            let (stops, isAwaited) = state.withLock { state in
                defer { state.isAwaited = false }
                if state.phase == .working {
                    state.phase = .finished
                }
                return (state.phase == .stopping, state.isAwaited)
            }
            if isAwaited {
                sem_post(done)
            }
            if stops { return }
        }
    }

    private func copyPages() {
        var previousPages = 0
        for _ in 0..<Checkpointer.passLimit {
            guard state.withLock({ $0.phase == .working && !$0.isAwaited }) else { return }
            let pages: Int
            do throws(StorageError) {
                pages = try connection.checkpoint(SQLITE_CHECKPOINT_PASSIVE).copied
            } catch {
                // Another pass that fails leaves the log as it is; the writer meets the cause
                // itself when the log has grown to its limit.
                if error.code == .uncertain { state.withLock { $0.failure = error } }
                return
            }
            guard pages - previousPages >= Checkpointer.smallPassPages else { return }
            previousPages = pages
        }
    }
}
