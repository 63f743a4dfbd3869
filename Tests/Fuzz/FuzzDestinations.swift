import Contracts
import Destinations
import Glibc

/// What the fuzzer calls with every input: it must end, quickly, and never crash.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDestinations(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
    let start = threadNanoseconds()
    let result = try? DestinationParser.decode(text)
    let milliseconds = (threadNanoseconds() - start) / 1_000_000
    if milliseconds > 50 { fatalError("\(milliseconds) ms for \(count) bytes") }
    guard let decoded = result else { return 0 }
    // What is written is read back as the same, whatever it was.
    switch decoded.content {
    case .ark(let address): require(address.text, is: decoded)
    case .bitcoin(let address) where address.form == .witness: require(address.text, is: decoded)
    default: break
    }
    // The canonical text means the same as the text.
    require(decoded.destination.text, is: decoded)
    return 0
}

/// The time that this thread has computed for, which a busy machine does not lengthen.
private func threadNanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

private func require(_ text: String, is decoded: DecodedDestination) {
    guard let again = try? DestinationParser.decode(text), again == decoded else {
        fatalError("\(text) does not mean the same as \(decoded.destination.text)")
    }
}
