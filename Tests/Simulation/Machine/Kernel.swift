/// Simulated time, and what is to happen in it, in order.
///
/// Everything of a run happens on one thread, inside of ``step()``.
public final class Kernel: @unchecked Sendable {
    // The tasks of a run are executed by the kernel's own executor, between two events.

    private struct Event {
        var at: Int64
        var order: UInt64
        var action: () -> Void

        func precedes(_ other: Event) -> Bool {
            at < other.at || at == other.at && order < other.order
        }
    }

    /// The microseconds since the run began.
    public private(set) var now: Int64 = 0

    /// The number of events so far.
    public private(set) var stepCount = 0

    /// What runs the tasks of clients and of the gateway.
    let executor = StepExecutor()

    private var heap: [Event] = []
    private var order: UInt64 = 0

    /// Lets something happen after some microseconds.
    func after(_ microseconds: Int64, _ action: @escaping () -> Void) {
        order += 1
        heap.append(Event(at: now + max(0, microseconds), order: order, action: action))
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Lets the next event happen; returns `false` when there is none.
    func step() -> Bool {
        guard let first = heap.first else { return false }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        now = first.at
        stepCount += 1
        first.action()
        executor.runJobs()
        return true
    }

    /// Starts a task, which runs between events.
    func start(_ body: @escaping @Sendable () async -> Void) {
        Task(executorPreference: executor) { await body() }
    }

    /// Waits for some microseconds of simulated time.
    func sleep(_ microseconds: Int64) async {
        // A checked one would complain of those who sleep when a run ends.
        unsafe await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
            after(microseconds) { unsafe waiter.resume() }
        }
    }

    private func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

/// Runs the jobs of tasks on the thread of the run.
final class StepExecutor: TaskExecutor, @unchecked Sendable {
    // Jobs are enqueued by the thread that runs them.

    private var jobs: [UnownedJob] = []

    func enqueue(_ job: consuming ExecutorJob) {
        jobs.append(UnownedJob(job))
    }

    /// Runs all jobs until there are none.
    func runJobs() {
        while !jobs.isEmpty {
            let batch = jobs
            jobs.removeAll(keepingCapacity: true)
            for job in batch {
                unsafe job.runSynchronously(on: asUnownedTaskExecutor())
            }
        }
    }
}
