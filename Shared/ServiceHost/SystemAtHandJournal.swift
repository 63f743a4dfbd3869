import Glibc
public import Messaging
import Synchronization

/// What a process has at hand, in a file that it shares with the kernel.
///
/// Storing a name there costs as much as storing it in memory, and the kernel keeps it whatever
/// becomes of the process. When the process ends itself, by a fault of the program, the signal's
/// handler adds that, and the whole message. The object belongs to the thread that makes it.
public final class SystemAtHandJournal: AtHandJournal {
    /// The page: what is at hand, the signal, the thread, and the name.
    private enum Place {
        static let kind = 0
        static let signal = 1
        static let isElsewhere = 2
        static let nameLength = 4
        static let byteCount = 8
        static let name = 16
        static let longestName = 240
        static let pageSize = 4096
    }

    private static let mostBytes = 16 << 20

    // A signal's handler has no context, so this is the process's own state.
    private static let page = Atomic<UInt>(0)
    private static let file = Atomic<Int32>(-1)
    private static let thread = Atomic<UInt>(0)
    private static let bytesAddress = Atomic<UInt>(0)
    private static let bytesCount = Atomic<Int>(0)

    public private(set) var lastDeath: Death?

    private let descriptor: Int32
    private let memory: UnsafeMutableRawPointer
    private var held: [UInt8] = []

    /// Opens the file, reads how the last life ended, and takes note of faults from now on.
    ///
    /// - Precondition: The process makes one journal.
    public init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        var status = stat()
        fstat(descriptor, &status)
        if status.st_size < Place.pageSize, ftruncate(descriptor, Int(Place.pageSize)) != 0 {
            throw Self.failure("write", path)
        }
        let mapped = mmap(
            nil,
            Place.pageSize,
            PROT_READ | PROT_WRITE,
            MAP_SHARED,
            descriptor,
            0
        )
        guard let mapped, mapped != MAP_FAILED else { throw Self.failure("map", path) }
        memory = mapped
        lastDeath = Self.death(in: mapped, descriptor)
        Self.page.store(UInt(bitPattern: mapped), ordering: .releasing)
        Self.file.store(descriptor, ordering: .releasing)
        Self.thread.store(UInt(pthread_self()), ordering: .releasing)
        Self.bytesCount.store(0, ordering: .releasing)
        Self.bytesAddress.store(0, ordering: .releasing)
        Self.observe()
    }

    deinit {
        Self.page.store(0, ordering: .releasing)
        munmap(memory, Place.pageSize)
        close(descriptor)
    }

    public func forgetDeath() {
        lastDeath = nil
        memory.storeBytes(of: 0, toByteOffset: Place.kind, as: UInt32.self)
        memory.storeBytes(of: 0, toByteOffset: Place.byteCount, as: Int64.self)
        ftruncate(descriptor, Int(Place.pageSize))
    }

    public func begin(_ kind: AtHand, _ name: String, bytes: [UInt8]) {
        memory.storeBytes(of: 0, toByteOffset: Place.kind, as: UInt8.self)
        held = bytes
        // The array is held until the next one is, and is not changed.
        let address = held.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
        Self.bytesCount.store(0, ordering: .relaxed)
        Self.bytesAddress.store(address, ordering: .relaxed)
        Self.bytesCount.store(bytes.count, ordering: .relaxed)
        var length = 0
        for byte in name.utf8.prefix(Place.longestName) {
            memory.storeBytes(of: byte, toByteOffset: Place.name + length, as: UInt8.self)
            length += 1
        }
        memory.storeBytes(of: UInt8(length), toByteOffset: Place.nameLength, as: UInt8.self)
        memory.storeBytes(of: kind.rawValue, toByteOffset: Place.kind, as: UInt8.self)
    }

    public func end() {
        memory.storeBytes(of: 0, toByteOffset: Place.kind, as: UInt8.self)
    }

    private static func failure(_ action: String, _ path: String) -> Files.Failure {
        Files.Failure(message: "cannot \(action) \(path): \(String(cString: strerror(errno)))")
    }

    // MARK: The last life

    private static func death(in memory: UnsafeMutableRawPointer, _ file: Int32) -> Death? {
        let kind = AtHand(rawValue: memory.load(fromByteOffset: Place.kind, as: UInt8.self))
        let isTrap = memory.load(fromByteOffset: Place.signal, as: UInt8.self) != 0
        let isElsewhere = memory.load(fromByteOffset: Place.isElsewhere, as: UInt8.self) != 0
        guard let kind, !isElsewhere else {
            return isTrap ? Death(isTrap: true, kind: nil) : nil
        }
        let length = Int(memory.load(fromByteOffset: Place.nameLength, as: UInt8.self))
        let name = (0..<min(length, Place.longestName)).map {
            memory.load(fromByteOffset: Place.name + $0, as: UInt8.self)
        }
        let count = memory.load(fromByteOffset: Place.byteCount, as: Int64.self)
        var bytes = [UInt8](repeating: 0, count: isTrap ? Int(min(max(0, count), 16 << 20)) : 0)
        let read = pread(file, &bytes, bytes.count, Int(Place.pageSize))
        if read != bytes.count { bytes = [] }
        return Death(
            isTrap: isTrap,
            kind: kind,
            name: String(decoding: name, as: UTF8.self),
            bytes: bytes
        )
    }

    // MARK: Faults

    private static func observe() {
        // A fault may be that the stack is used up, so the handler has one of its own.
        var stack = stack_t()
        stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: 64 << 10, alignment: 16)
        stack.ss_size = 64 << 10
        sigaltstack(&stack, nil)
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGABRT, SIGBUS, SIGFPE] {
            var action = sigaction()
            action.__sigaction_handler.sa_sigaction = { number, information, _ in
                SystemAtHandJournal.note(number, information)
            }
            action.sa_flags = SA_SIGINFO | SA_ONSTACK
            sigaction(number, &action, nil)
        }
    }

    /// Writes down a fault and lets the process end by it; nothing is allocated or locked here.
    private static func note(_ number: Int32, _ information: UnsafeMutablePointer<siginfo_t>?) {
        let isFromOutside = information?.pointee.si_code == 0  // SI_USER
        let address = page.load(ordering: .relaxed)
        if !isFromOutside, let memory = UnsafeMutableRawPointer(bitPattern: address) {
            let isElsewhere = UInt(pthread_self()) != thread.load(ordering: .relaxed)
            memory.storeBytes(of: UInt8(number), toByteOffset: Place.signal, as: UInt8.self)
            let flag: UInt8 = isElsewhere ? 1 : 0
            memory.storeBytes(of: flag, toByteOffset: Place.isElsewhere, as: UInt8.self)
            let count = bytesCount.load(ordering: .relaxed)
            let bytes = UnsafeRawPointer(bitPattern: bytesAddress.load(ordering: .relaxed))
            if !isElsewhere, let bytes, count > 0, count <= mostBytes {
                let file = file.load(ordering: .relaxed)
                let written = pwrite(file, bytes, count, Int(Place.pageSize))
                memory.storeBytes(of: Int64(written), toByteOffset: Place.byteCount, as: Int64.self)
            }
        }
        signal(number, SIG_DFL)
        raise(number)
    }
}
