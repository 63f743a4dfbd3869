import Contracts
import Glibc
import Messaging
import SQLiteStorage
import Storage
import Synchronization

/// Answers surveys on a thread that stands back for the service's own, from a connection of its
/// own to the service's database.
///
/// Questions and answers are handed over under a lock; everything else belongs to the thread.
final class SurveyThread<Machine: StateMachine>: SurveyDesk, @unchecked Sendable {
    typealias Input = Machine.Input

    private struct Desk {
        var questions = SurveyQueue<Input>()
        var answers: [SurveyAnswer] = []
        var isEnding = false
    }

    /// What can be read when there are answers.
    let fileDescriptor: Int32

    private let wakingDescriptor: Int32
    private let desk = Mutex(Desk())
    private let wakeUp: UnsafeMutablePointer<sem_t>
    private let machine: Machine
    private let path: String
    private var database: SQLiteDatabase?
    private var thread: SideThread?

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - machine: A machine that nobody else uses.
    ///   - path: The service's database, which is opened at the first question.
    init(_ machine: Machine, path: String) {
        self.machine = machine
        self.path = path
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "a pipe can be opened")
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        fileDescriptor = ends[0]
        wakingDescriptor = ends[1]
        wakeUp = .allocate(capacity: 1)
        sem_init(wakeUp, 0, 0)
        thread = SideThread { [unowned self] in run() }
    }

    deinit {
        database?.close()
        sem_destroy(wakeUp)
        wakeUp.deallocate()
        close(fileDescriptor)
        close(wakingDescriptor)
    }

    /// Waits until the thread has ended; questions that wait are not answered.
    func stop() {
        desk.withLock { $0.isEnding = true }
        sem_post(wakeUp)
        thread?.join()
    }

    func take(_ survey: Survey<Input>) -> Bool {
        guard desk.withLock({ $0.questions.add(survey) }) else { return false }
        sem_post(wakeUp)
        return true
    }

    func takeAnswers() -> [SurveyAnswer] {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(fileDescriptor, &bytes, bytes.count) == bytes.count {}
        return desk.withLock { desk in
            defer { desk.answers = [] }
            return desk.answers
        }
    }

    private func run() {
        let environment = SystemEnvironment()
        while true {
            while sem_wait(wakeUp) != 0 {}
            let (survey, isEnding) = desk.withLock { ($0.questions.next(), $0.isEnding) }
            if isEnding { return }
            guard let survey, environment.uptimeMicroseconds() < survey.deadline else { continue }
            let answer = SurveyAnswer(to: survey, of: machine, in: openDatabase)
            desk.withLock { $0.answers.append(answer) }
            var one: UInt8 = 1
            write(wakingDescriptor, &one, 1)
        }
    }

    private func openDatabase() throws(StorageError) -> any Database {
        if let database { return database }
        // The service has checked the file's integrity.
        let options = SQLiteOptions(checksIntegrity: false)
        let opened = try SQLiteDatabase.openReadOnly(path: path, options: options)
        database = opened
        return opened
    }
}
