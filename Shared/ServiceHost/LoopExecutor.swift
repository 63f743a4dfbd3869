import Glibc
import Synchronization

/// Runs the jobs of tasks on the thread of a loop.
///
/// Whatever a handler does between two awaits happens on that thread, so handlers share state
/// without locks.
public final class LoopExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    /// What can be read when a job came from another thread.
    public let fileDescriptor: Int32

    private let wakingDescriptor: Int32
    private let hasWoken = Atomic(false)
    private let thread = Mutex<pthread_t?>(nil)

    /// Creates an executor without jobs.
    ///
    /// - Precondition: The process can open two more files.
    public init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "a pipe can be opened")
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        fileDescriptor = ends[0]
        wakingDescriptor = ends[1]
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        let isOwn = thread.withLock { $0 == pthread_self() }
        if !isOwn {
            var one: UInt8 = 1
            write(wakingDescriptor, &one, 1)
            hasWoken.store(true, ordering: .relaxed)
        }
    }

    /// Runs all jobs until there are none; to be called on the loop's thread.
    public func run() {
        thread.withLock { $0 = pthread_self() }
        while true {
            let batch = jobs.withLock { jobs in
                defer { jobs.removeAll(keepingCapacity: true) }
                return jobs
            }
            if batch.isEmpty { break }
            for job in batch {
                job.runSynchronously(on: asUnownedTaskExecutor())
            }
        }
        if hasWoken.exchange(false, ordering: .relaxed) {
            var bytes = [UInt8](repeating: 0, count: 64)
            while read(fileDescriptor, &bytes, bytes.count) == bytes.count {}
        }
    }

    deinit {
        close(fileDescriptor)
        close(wakingDescriptor)
    }
}
