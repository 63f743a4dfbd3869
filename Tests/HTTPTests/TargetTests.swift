import HTTP
import Testing

@Suite struct `A target` {
    @Test(arguments: [
        ("/", []),
        ("/a/b", ["a", "b"]),
        ("/a/b/", ["a", "b", ""]),
        ("/a%2fb/c", ["a/b", "c"]),
        ("/a+b", ["a+b"]),
        ("/%25", ["%"]),
        ("http://host:80/a?x=1", ["a"]),
        ("http://host", []),
        ("HTTPS://host/a", ["a"]),
        ("*", []),
        ("/a?b/c", ["a"]),
    ])
    func `is cut at slashes and then decoded`(text: String, segments: [String]) throws {
        #expect(try #require(Target(text)).segments == segments)
    }

    @Test(arguments: [
        "", "a", "ftp://host/a", "/%", "/%4", "/%4g", "/%00", "/a%ff", "/a b", "/é", "/a?x=%",
        "/a?x=%00", "/a?%zz=1", "/a\u{0}b", "/%c3",
    ])
    func `is refused when it is malformed`(text: String) {
        #expect(Target(text) == nil)
    }

    @Test func `keeps the order and the repeats of its query`() throws {
        let target = try #require(Target("/a?x=1&y=a+b%2B&x=&&z&=w&x=2=3"))
        let items = target.query.map { "\($0.name)=\($0.value)" }
        #expect(items == ["x=1", "y=a b+", "x=", "z=", "=w", "x=2=3"])
    }

    @Test func `takes back what was encoded`() throws {
        let text = "a/b c?&=+%é€😀~"
        let encoded = PercentEncoding.encode(text)
        let target = try #require(Target("/\(encoded)?q=\(encoded)"))
        #expect(target.segments == [text])
        #expect(target.query == [QueryItem(name: "q", value: text)])
    }
}

@Suite struct `Header fields` {
    @Test func `are found without regard to case`() {
        var headers: Headers = ["Content-Type": "a", "X-One": "1", "x-one": "2"]
        #expect(headers["content-TYPE"] == "a")
        #expect(headers.values(of: "X-ONE") == ["1", "2"])
        headers["X-One"] = "3"
        #expect(headers.values(of: "x-one") == ["3"])
        headers["x-ONE"] = nil
        #expect(headers["X-One"] == nil)
        #expect(headers.fields.count == 1)
    }

    @Test func `are searched for words`() {
        let headers: Headers = ["Connection": "keep-alive,  Close ", "Connection": "upgrade"]
        #expect(headers.contains("close", in: "connection"))
        #expect(headers.contains("UPGRADE", in: "connection"))
        #expect(!headers.contains("clos", in: "connection"))
    }

    @Test func `name the media type without its parameters`() throws {
        var request = try #require(Request(.post, "/"))
        #expect(request.mediaType == nil)
        request.headers["Content-Type"] = "Application/JSON; charset=utf-8"
        #expect(request.mediaType == "application/json")
    }
}
