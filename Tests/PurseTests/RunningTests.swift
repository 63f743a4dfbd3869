import Contracts
import Testing

@testable import Purse

@Suite("What purse up starts")
struct RunningTests {
    @Test func `has its operations ports in a row, from the option or from the setting`() throws {
        let named = try OperationsAddress(port: 9100, setting: "0.0.0.0:7000")
        #expect(named.address(of: .gateway, before: nil) == "127.0.0.1:9100")
        #expect(named.address(of: .notifier, before: "127.0.0.1:1") == "127.0.0.1:9104")
        let set = try OperationsAddress(port: nil, setting: "0.0.0.0:7000")
        #expect(set.address(of: .policy, before: nil) == "0.0.0.0:7001")
    }

    @Test func `has free ports where none is named, and keeps those that it had`() throws {
        let free = try OperationsAddress(port: nil, setting: nil)
        #expect(free.address(of: .escrow, before: nil) == "127.0.0.1:0")
        #expect(free.address(of: .escrow, before: "127.0.0.1:4711") == "127.0.0.1:4711")
        let elsewhere = try OperationsAddress(port: nil, setting: "[::1]:0")
        #expect(elsewhere.address(of: .escrow, before: nil) == "[::1]:0")
    }

    @Test(arguments: ["9100", "127.0.0.1:", "127.0.0.1:65532", "127.0.0.1:-1", "127.0.0.1:x"])
    func `is refused in words where the setting has no room for five ports`(setting: String) {
        let failure = #expect(throws: Failure.self) {
            try OperationsAddress(port: nil, setting: setting)
        }
        #expect(failure?.message.contains("PURSE_OPS_ADDRESS") == true)
        #expect(failure?.code == .usage)
    }
}
