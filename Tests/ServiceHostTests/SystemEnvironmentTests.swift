import Contracts
import ServiceHost
import Testing

@Suite struct `The system's environment` {
    @Test func `identifiers are unique and in order`() {
        let environment = SystemEnvironment()
        var identifiers: [MessageReference.ID] = []
        for count in 0..<10_000 {
            let time = Timestamp(milliseconds: 1_800_000_000_000 + Int64(count / 1000))
            identifiers.append(environment.identifier(at: time))
        }
        #expect(identifiers == identifiers.sorted())
        #expect(Set(identifiers).count == identifiers.count)
        #expect(!identifiers.contains { !$0.isWellFormed })
    }

    @Test func `an earlier time makes no earlier identifier`() {
        let environment = SystemEnvironment()
        let first = environment.identifier(at: Timestamp(milliseconds: 1_800_000_000_000))
        let second = environment.identifier(at: Timestamp(milliseconds: 1_700_000_000_000))
        #expect(first < second)
    }

    @Test func `a file moves time forward and not the time on the wire`() throws {
        let folder = try TemporaryFolder()
        try folder.write("86400000\n", to: "clock")
        let environment = SystemEnvironment(testClock: folder.path + "/clock")
        let difference = environment.now().rawValue - environment.wireTime().rawValue
        #expect(difference >= 86_400_000 - 10 && difference < 86_410_000)
    }
}

extension SystemEnvironment {
    fileprivate func identifier(at timestamp: Timestamp) -> MessageReference.ID {
        MessageReference.ID(bytes: identifierBytes(at: timestamp))
    }
}
