import Contracts
import Destinations

/// What the fuzzer calls with every input: it must end, quickly, and never crash.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDestinations(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
    guard let decoded = try? DestinationParser.decode(text) else { return 0 }
    // What is written is read back as the same, whatever it was.
    switch decoded.content {
    case .ark(let address): require(address.text, is: decoded)
    case .bitcoin(let address) where address.form == .witness: require(address.text, is: decoded)
    default: break
    }
    // The canonical text means the same as the text.
    require(decoded.destination.value, is: decoded)
    return 0
}

private func require(_ text: String, is decoded: DecodedDestination) {
    guard let again = try? DestinationParser.decode(text), again == decoded else {
        fatalError("\(text) does not mean the same as \(decoded.destination.value)")
    }
}
