import Contracts
import Destinations

/// A destination of each kind that a parser must read, in its canonical form.
enum Samples {
    static let invoice = Destination(
        kind: .bolt11,
        value: """
            lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5\
            rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae\
            8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafk\
            q3yap2r09nt4ndd0unm3z9u5t48y6ucv4r5sg7lk98c77ctvjczkspk5qprc90gx
            """
    )
    static let offer = Destination(
        kind: .bolt12Offer,
        value: """
            lno1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msjzfpy7nz5yqcnygrfdej82um5wf5k\
            2uckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg
            """
    )
    static let ark = Destination(
        kind: .ark,
        value: """
            ark1pwh9vsmezqqpharv69q4z8m6x364d5m5prnmcalcalq9pdmzw0y7mpveck4pcfhezqypczkrrj3l\
            kx5ue4qrf4jc7ztpt9htdttmh2judhqnu7aue8p0y9mqkr4cf5
            """
    )
    static let lightningAddress = Destination(kind: .lightningAddress, value: "bob@pay.example")
    static let bitcoin = Destination(
        kind: .bitcoin,
        value: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    )
    static let lnurl = lnurl("https://pay.example/lnurl/1")

    /// The LNURL of a URL.
    static func lnurl(_ url: String) -> Destination {
        let values = FiveBits.values(of: url.utf8)
        let text = Bech32(prefix: "lnurl", values: values, variant: .bech32).text
        return Destination(kind: .lnurl, value: text)
    }
}
