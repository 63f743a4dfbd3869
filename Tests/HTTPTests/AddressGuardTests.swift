import HTTPClient
import Testing

@Suite("The guard of addresses") struct AddressGuardTests {
    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255",
        "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "223.255.255.255", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8",
        "64:ff9b::808:808", "2002:808:808::1",
    ])
    func `a public address is admitted`(text: String) throws {
        #expect(AddressGuard().admits(try #require(Network.address(text))))
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.0", "100.127.255.255",
        "168.63.129.16",
        "127.0.0.1", "127.255.255.255", "169.254.0.1", "169.254.169.254", "172.16.0.0",
        "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.0",
        "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::2",
        "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2002:a00:1::1", "2001::1",
        "2001:db8::1", "3fff::1", "100::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1",
        "ff02::1", "4000::1",
    ])
    func `an address inside is refused`(text: String) throws {
        #expect(!AddressGuard().admits(try #require(Network.address(text))))
    }

    @Test(arguments: [
        ("localhost", true), ("API.LocalHost", true), ("127.0.0.1", true), ("127.1", true),
        ("2130706433", true), ("0x7f000001", true), ("::1", true), ("10.0.0.8", true),
        ("8.8.8.8", false), ("2606:4700:4700::1111", false), ("inside.example", false),
        ("10.9.9.9", false),
    ])
    func `an objection to a host is known before any look-up`(host: String, isKnown: Bool) throws {
        let guarding = AddressGuard(allowing: [try #require(Network("10.9.0.0/16"))], by: "THIS")
        let objection = guarding.objection(to: host)
        #expect((objection != nil) == isKnown)
        if let objection { #expect(objection.contains(host) && objection.contains("in THIS")) }
    }

    @Test func `what is no address is refused`() {
        #expect(!AddressGuard().admits([]))
        #expect(!AddressGuard().admits([8, 8, 8]))
    }

    @Test(arguments: [
        ("127.0.0.0/8", "127.9.9.9", true), ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.2", false), ("10.1.0.0/20", "10.1.15.255", true),
        ("10.1.0.0/20", "10.1.16.0", false), ("127.0.0.0/8", "::ffff:127.0.0.1", true),
        ("::1", "::1", true), ("::1", "127.0.0.1", false), ("fd00::/8", "fdff::1", true),
        ("fd00::/8", "fc00::1", false), ("0.0.0.0/0", "10.0.0.1", true),
    ])
    func `a named network is let through`(network: String, text: String, isAdmitted: Bool) throws {
        let guarded = AddressGuard(allowing: [try #require(Network(network))])
        #expect(guarded.admits(try #require(Network.address(text))) == isAdmitted)
    }

    @Test(arguments: ["", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10/8", "::/129", "::1/1/1"])
    func `what is no network is none`(text: String) {
        #expect(Network(text) == nil)
    }
}
