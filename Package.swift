// swift-tools-version: 6.3
import PackageDescription

/// The settings of every target.
let common: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    // A message's coding is specialised where it is used, which takes 5 % off a payment.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// The linking of every program: the Swift runtime is part of it, which is faster and smaller than
/// a shared one.
let linking: [LinkerSetting] = [
    .unsafeFlags(["-static-stdlib"], .when(configuration: .release))
]

/// The settings of a target that has no unsafe code, which is every target but a C library's
/// wrapper.
let safe: [SwiftSetting] = common + [.strictMemorySafety()]

/// The commit that the programs say they are built from: deploy/up.sh and the image tell it.
let commit = (Context.environment["PURSESTRINGS_COMMIT"] ?? "").filter {
    $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")
}

let package = Package(
    name: "pursestrings",
    products: [
        .executable(name: "purse", targets: ["Purse"]),
        .executable(name: "purse-gateway", targets: ["GatewayProcess"]),
        .executable(name: "purse-policy", targets: ["PolicyProcess"]),
        .executable(name: "purse-settlement", targets: ["SettlementProcess"]),
        .executable(name: "purse-escrow", targets: ["EscrowProcess"]),
        .executable(name: "purse-notifier", targets: ["NotifierProcess"]),
    ],
    targets: [
        // MARK: System libraries

        .system("CSQLite", apt: "libsqlite3-dev"),
        .system("CZeroMQ", apt: "libzmq3-dev"),
        .system("CSodium", apt: "libsodium-dev"),
        .system("CNettle", apt: "nettle-dev"),
        .system("CSecp256k1", apt: "libsecp256k1-dev"),
        .system("CIDN2", apt: "libidn2-dev"),
        .system("CArchive", apt: "libarchive-dev"),
        .system("CCSV", apt: "libcsv-dev"),
        .system("CMicroHTTPD", apt: "libmicrohttpd-dev"),
        .system("CCurl", apt: "libcurl4-openssl-dev"),
        .target(
            name: "CBuild",
            path: "Shared/System/CBuild",
            cSettings: [.define("PURSESTRINGS_COMMIT", to: commit)]
        ),

        // MARK: Shared

        .shared("Contracts"),
        .shared("JSON"),
        .wrapper("Crypto", dependencies: ["CSecp256k1", "CSodium"]),
        .wrapper("DomainNames", dependencies: ["CIDN2"]),
        .wrapper("KeyVault", dependencies: ["Crypto", "JSON", "CNettle"]),
        .wrapper("CSV", dependencies: ["CCSV"]),
        .wrapper("Tar", dependencies: ["CArchive"]),
        .shared("Storage", dependencies: ["Contracts"]),
        .wrapper("SQLiteStorage", dependencies: ["Storage", "CSQLite"]),
        .shared("Messaging", dependencies: ["Contracts", "JSON", "Storage"]),
        .wrapper(
            "ZeroMQTransport",
            dependencies: ["Contracts", "Crypto", "Messaging", "CZeroMQ"]
        ),
        .shared("HTTP", dependencies: ["JSON"]),
        .wrapper("HTTPServer", dependencies: ["HTTP", "CMicroHTTPD"]),
        .wrapper(
            "HTTPClient",
            dependencies: ["Contracts", "Crypto", "HTTP", "Messaging", "CCurl"]
        ),
        .wrapper(
            "ServiceHost",
            dependencies: [
                "CBuild", "Contracts", "JSON", "Crypto", "KeyVault", "Storage", "SQLiteStorage",
                "Messaging", "ZeroMQTransport", "HTTP", "HTTPServer",
            ]
        ),
        .shared("Webhooks", dependencies: ["Contracts", "Crypto"]),
        .shared("APIObjects", dependencies: ["Contracts", "Crypto", "JSON"]),
        .shared("Destinations", dependencies: ["Contracts", "Crypto", "DomainNames"]),
        .shared("Ledger", dependencies: ["Contracts", "Crypto", "Storage"]),

        // MARK: Services

        .core(
            "GatewayCore",
            of: "Gateway",
            dependencies: [
                "APIObjects", "Contracts", "Crypto", "HTTP", "JSON", "Messaging", "Storage",
            ]
        ),
        .target(
            name: "Dialects",
            dependencies: [
                "APIObjects", "Contracts", "Crypto", "Destinations", "GatewayCore", "HTTP", "JSON",
                "Messaging", "Storage", "Webhooks",
            ],
            path: "Services/Gateway/Dialects",
            swiftSettings: safe
        ),
        .process(
            of: "Gateway",
            dependencies: [
                "Contracts", "Crypto", "Dialects", "GatewayCore", "HTTP", "HTTPServer", "JSON",
                "Messaging", "ServiceHost", "SQLiteStorage", "Storage", "ZeroMQTransport",
            ]
        ),
        .core(
            "PolicyCore",
            of: "Policy",
            dependencies: ["Contracts", "Destinations", "JSON", "Messaging", "Storage"]
        ),
        .process(of: "Policy", dependencies: ["PolicyCore", "ServiceHost"]),
        .core(
            "SettlementCore",
            of: "Settlement",
            dependencies: [
                "Contracts", "Crypto", "Destinations", "JSON", "Ledger", "Messaging", "Storage",
            ]
        ),
        .target(
            name: "SettlementRails",
            dependencies: ["Contracts", "JSON", "Messaging"],
            path: "Services/Settlement/Rails",
            swiftSettings: safe
        ),
        .process(
            of: "Settlement",
            dependencies: [
                "Contracts", "HTTPClient", "KeyVault", "ServiceHost", "SettlementCore",
                "SettlementRails",
            ]
        ),
        .core(
            "EscrowCore",
            of: "Escrow",
            dependencies: [
                "Contracts", "Crypto", "Destinations", "JSON", "Messaging", "Storage", "Webhooks",
            ]
        ),
        .process(of: "Escrow", dependencies: ["EscrowCore", "KeyVault", "ServiceHost"]),
        .core(
            "NotifierCore",
            of: "Notifier",
            dependencies: [
                "APIObjects", "Contracts", "Crypto", "JSON", "Messaging", "Storage", "Webhooks",
            ]
        ),
        .process(
            of: "Notifier",
            dependencies: [
                "Contracts", "Crypto", "HTTPClient", "JSON", "Messaging", "NotifierCore",
                "ServiceHost",
            ]
        ),
        .executableTarget(
            name: "Purse",
            dependencies: [
                "CSV", "Contracts", "Crypto", "Destinations", "GatewayCore", "HTTP", "HTTPClient",
                "HTTPServer", "JSON", "KeyVault", "Ledger", "ServiceHost", "SQLiteStorage",
                "Storage", "Tar", "ZeroMQTransport",
            ],
            path: "Services/Purse",
            swiftSettings: common,
            linkerSettings: linking
        ),

        // MARK: Tests

        .target(
            name: "QueryPlans",
            dependencies: ["SQLiteStorage", "Storage"],
            path: "Tests/QueryPlans",
            swiftSettings: safe
        ),
        .tests(
            "ContractsTests",
            dependencies: [
                "Contracts", "EscrowCore", "JSON", "Messaging", "NotifierCore", "PolicyCore",
                "SettlementCore",
            ],
            exclude: ["Golden"]
        ),
        .tests("JSONTests", dependencies: ["JSON"]),
        .tests("CryptoTests", dependencies: ["Crypto"]),
        .tests("CSVTests", dependencies: ["CSV"]),
        .tests("WebhooksTests", dependencies: ["Contracts", "Webhooks"]),
        .tests("KeyVaultTests", dependencies: ["Crypto", "KeyVault"]),
        .tests(
            "StorageTests",
            dependencies: ["Contracts", "QueryPlans", "SQLiteStorage", "Storage"]
        ),
        .tests(
            "MessagingTests",
            dependencies: [
                "Contracts", "JSON", "Messaging", "QueryPlans", "ServiceHost", "SQLiteStorage",
                "Storage",
            ]
        ),
        .tests(
            "ServiceHostTests",
            dependencies: [
                "Contracts", "JSON", "Messaging", "ServiceHost", "SQLiteStorage", "Storage",
                "ZeroMQTransport",
            ]
        ),
        .tests(
            "HTTPTests",
            dependencies: [
                "Contracts", "Crypto", "HTTP", "HTTPClient", "HTTPServer", "JSON", "Messaging",
            ]
        ),
        .tests(
            "DestinationsTests",
            dependencies: ["Contracts", "Crypto", "Destinations", "JSON"],
            exclude: ["Corpus", "Vectors"]
        ),
        .tests(
            "LedgerTests",
            dependencies: [
                "Contracts", "Crypto", "Ledger", "QueryPlans", "SQLiteStorage", "Storage",
            ]
        ),
        .tests(
            "PolicyCoreTests",
            dependencies: [
                "Contracts", "Messaging", "PolicyCore", "QueryPlans", "SQLiteStorage", "Storage",
            ]
        ),
        .tests(
            "SettlementCoreTests",
            dependencies: [
                "Contracts", "Crypto", "Destinations", "Ledger", "Messaging", "SettlementCore",
                "QueryPlans", "SQLiteStorage", "Storage",
            ]
        ),
        .tests(
            "EscrowCoreTests",
            dependencies: [
                "Contracts", "Crypto", "EscrowCore", "JSON", "Messaging", "QueryPlans",
                "SQLiteStorage", "Storage",
            ]
        ),
        .tests(
            "NotifierCoreTests",
            dependencies: [
                "Contracts", "Crypto", "JSON", "Messaging", "NotifierCore", "QueryPlans",
                "SQLiteStorage", "Storage",
            ]
        ),
        .tests(
            "GatewayTests",
            dependencies: [
                "Contracts", "Crypto", "Dialects", "GatewayCore", "HTTP", "JSON", "Messaging",
                "QueryPlans", "SQLiteStorage", "Storage",
            ]
        ),
        .target(
            name: "Simulation",
            dependencies: [
                "Contracts", "Crypto", "Destinations", "Dialects", "EscrowCore", "GatewayCore",
                "HTTP", "JSON", "KeyVault", "Ledger", "Messaging", "NotifierCore", "PolicyCore",
                "QueryPlans", "ServiceHost", "SettlementCore", "SettlementRails", "SQLiteStorage",
                "Storage",
            ],
            path: "Tests/Simulation",
            swiftSettings: safe
        ),
        .executableTarget(
            name: "simulate",
            dependencies: ["ServiceHost", "Simulation"],
            path: "Tests/Simulate",
            swiftSettings: safe,
            linkerSettings: linking
        ),
        .tests("PurseTests", dependencies: ["Contracts", "JSON", "Purse", "ServiceHost", "Tar"]),
        .tests("SimulationTests", dependencies: ["Contracts", "Simulation"]),
        .tests("TidyTests", dependencies: []),
    ]
)

// The fuzzer brings a main function of its own, so that deploy/fuzz.sh links it and nobody else
// builds it.
if Context.environment["PURSESTRINGS_FUZZ"] != nil {
    package.targets.append(
        .target(
            name: "FuzzDestinations",
            dependencies: ["Contracts", "Destinations"],
            path: "Tests/Fuzz",
            swiftSettings: common
        )
    )
}

// A module's tests alone: PURSESTRINGS_TESTS=PolicyCoreTests swift test builds only what they need.
if let tests = Context.environment["PURSESTRINGS_TESTS"] {
    var needed: Set<String> = []
    var open = tests.split(separator: ",").map(String.init)
    while let name = open.popLast() {
        guard needed.insert(name).inserted,
            let target = package.targets.first(where: { $0.name == name })
        else { continue }
        for case .byNameItem(let dependency, _) in target.dependencies { open.append(dependency) }
    }
    package.targets.removeAll { !needed.contains($0.name) }
    package.products.removeAll()
}

extension Target {
    static func system(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
        .systemLibrary(
            name: name,
            path: "Shared/System/\(name)",
            pkgConfig: pkgConfig,
            providers: [.apt([apt])]
        )
    }

    static func shared(_ name: String, dependencies: [Dependency] = []) -> Target {
        .target(
            name: name,
            dependencies: dependencies,
            path: "Shared/\(name)",
            swiftSettings: safe
        )
    }

    static func wrapper(_ name: String, dependencies: [Dependency]) -> Target {
        .target(
            name: name,
            dependencies: dependencies,
            path: "Shared/\(name)",
            swiftSettings: common
        )
    }

    static func core(_ name: String, of service: String, dependencies: [Dependency]) -> Target {
        .target(
            name: name,
            dependencies: dependencies,
            path: "Services/\(service)/Core",
            swiftSettings: safe
        )
    }

    static func process(of service: String, dependencies: [Dependency]) -> Target {
        .executableTarget(
            name: "\(service)Process",
            dependencies: dependencies,
            path: "Services/\(service)/Process",
            swiftSettings: safe,
            linkerSettings: linking
        )
    }

    static func tests(
        _ name: String,
        dependencies: [Dependency],
        exclude: [String] = []
    ) -> Target {
        .testTarget(
            name: name,
            dependencies: dependencies,
            path: "Tests/\(name)",
            exclude: exclude,
            swiftSettings: safe
        )
    }
}
