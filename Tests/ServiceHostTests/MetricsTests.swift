import Testing

@testable import ServiceHost

@Suite struct `The version` {
    @Test func `tells the commit that the build was told, and says so where it was told none`() {
        #expect(Version.text(commit: "0abc123-dirty") == "\(Version.number) (0abc123-dirty)")
        #expect(Version.text(commit: "") == "\(Version.number) (unknown commit)")
    }
}

@Suite struct `The metrics` {
    @Test func `are written in the text form of Prometheus`() {
        let metrics = Metrics()
        metrics.add(3, to: #"purse_messages_handled_total{type="a"}"#)
        metrics.add(to: #"purse_messages_handled_total{type="b"}"#)
        metrics.set("purse_outbox_rows", to: 7)
        for microseconds: Int64 in [50, 150, 2_500_000] {
            metrics.observe(microseconds, in: "purse_commit_seconds", bounds: [100, 1000])
        }
        let text = metrics.text()
        let expected = [
            "# TYPE purse_messages_handled_total counter",
            #"purse_messages_handled_total{type="a"} 3"#,
            #"purse_messages_handled_total{type="b"} 1"#,
            "# TYPE purse_outbox_rows gauge",
            "purse_outbox_rows 7",
            "# TYPE purse_commit_seconds histogram",
            #"purse_commit_seconds_bucket{le="0.000100"} 1"#,
            #"purse_commit_seconds_bucket{le="0.001000"} 2"#,
            #"purse_commit_seconds_bucket{le="+Inf"} 3"#,
            "purse_commit_seconds_sum 2.500200",
            "purse_commit_seconds_count 3",
        ]
        #expect(text.hasPrefix(expected.joined(separator: "\n") + "\n"))
        #expect(text.contains("\nprocess_resident_memory_bytes "))
        #expect(text.contains("\npurse_build_info{version=\"\(Version.number)\""))
    }
}
