/// The rules about one file.
enum Rules {
    static let all =
        [fileLength, lineLength, functionLength, fileName, documentedTypes, noOpenEnds, noPaths]
        + [uncheckedConcurrency, pureCores, pureModules, checkedAmounts, noTraps]

    static let fileLength = Rule(
        "a file has at most 500 lines",
        planted: "Shared/HTTP/Long.swift",
        String(repeating: "\n", count: 501)
    ) { file in
        guard file.isSwift, file.lines.count > 501 else { return [] }
        return [Rule.Violation(number: 501, words: "\(file.lines.count - 1) lines")]
    }

    static let lineLength = Rule(
        "a line has at most 100 characters",
        planted: "Shared/HTTP/Wide.swift",
        "// " + String(repeating: "wide ", count: 20)
    ) { file in
        guard file.isSwift else { return [] }
        return file.lines.enumerated().filter { $0.element.count > 100 }.map {
            Rule.Violation(number: $0.offset + 1, words: "\($0.element.count) characters")
        }
    }

    static let functionLength = Rule(
        "a function has at most 70 lines",
        planted: "Shared/HTTP/Long.swift",
        "func long() {\n" + String(repeating: "    step()\n", count: 70) + "}\n"
    ) { file in
        guard file.isSwift else { return [] }
        return file.functions.filter { $0.lineCount > 70 }.map {
            Rule.Violation(number: $0.number, words: "\($0.lineCount) lines")
        }
    }

    static let fileName = Rule(
        "a file with one type is named after it",
        planted: "Shared/HTTP/Router.swift",
        "public struct Rooter {\n    struct Part {}\n}\n\nextension Rooter {}\n"
    ) { file in
        guard file.isSwift, !file.isTest, file.name != "Package.swift" else { return [] }
        let subject = file.stem.split(separator: "+").first.map(String.init) ?? file.stem
        let names = Set(
            file.code.filter { $0.line.first != " " }.compactMap { Declaration($0.line)?.name }
        )
        guard names.count == 1, let name = names.first, name != subject,
            !name.hasSuffix("." + subject)
        else { return [] }
        return [Rule.Violation(number: 1, words: "declares \(name)")]
    }

    static let documentedTypes = Rule(
        "a public type has a sentence of documentation",
        planted: "Shared/HTTP/Router.swift",
        "@frozen\npublic struct Router {}\n"
    ) { file in
        guard file.isSwift else { return [] }
        return file.lines.indices.compactMap { index in
            guard let declaration = Declaration(file.lines[index]), declaration.isPublicType,
                !file.isDocumented(before: index)
            else { return nil }
            return Rule.Violation(number: index + 1, words: declaration.name)
        }
    }

    static let noOpenEnds = Rule(
        "nothing is left to be done",
        planted: "deploy/up.sh",
        "# TO" + "DO: think\n"
    ) { file in
        file.occurrences(of: ["TO" + "DO", "FIX" + "ME", "XX" + "X"])
    }

    static let noPaths = Rule(
        "no path of a developer's machine is written down",
        planted: "README.md",
        "cd /ho" + "me/somebody/pursestrings\n"
    ) { file in
        file.lines.enumerated().flatMap { index, line in
            let found = Words.paths.filter { line.contains($0) }
            return found.map { Rule.Violation(number: index + 1, words: $0) }
        }
    }

    static let uncheckedConcurrency = Rule(
        "a promise to the compiler about threads says what keeps it",
        planted: "Shared/HTTP/Cache.swift",
        "final class Cache: @unchecked Send" + "able {}\n"
    ) { file in
        guard file.isSwift, !file.isTest else { return [] }
        return file.lines.indices.compactMap { index in
            let line = file.lines[index]
            let isPromise =
                line.contains("@unchecked Send" + "able")
                || line.contains("nonisolated(un" + "safe)")
            guard isPromise, !line.drop(while: { $0 == " " }).hasPrefix("//"),
                !line.contains("//"), !file.isCommented(before: index)
            else { return nil }
            return Rule.Violation(number: index + 1, words: "no comment")
        }
    }

    static let pureCores = Rule(
        "a core is deterministic and synchronous",
        planted: "Services/Policy/Core/Window.swift",
        "let now = Da" + "te()\n"
    ) { file in
        guard file.isSwift, file.isCore else { return [] }
        let isGateway = file.path.hasPrefix("Services/Gateway/")
        return file.occurrences(of: Words.impure + Words.floating + (isGateway ? [] : Words.async))
    }

    static let checkedAmounts = Rule(
        "amounts are added by the checked functions of MinorUnits alone",
        planted: "Services/Policy/Core/Window.swift",
        "    sum.rawValue += amount.minorUnits.rawValue\n"
    ) { file in
        guard file.isSwift, !file.isTest, file.isCore || file.module == "Ledger" else { return [] }
        let amounts = ["inorUnits.rawValue", "amount.rawValue", "sum.rawValue", "fee.rawValue"]
        let wrapping = ["&+", "&-", "&*"]
        let operators = [" + ", " - ", " * ", " += ", " -= ", " *= "] + wrapping
        return file.code.filter { _, line in
            let isAmount =
                amounts.contains { line.contains($0) }
                || wrapping.contains { line.contains($0) } && line.contains("mount")
            return isAmount && !line.contains("Int128(")
                && operators.contains { line.contains($0) }
        }.map { number, line in Rule.Violation(number: number, words: String(line)) }
    }

    static let noTraps = Rule(
        "a core ends the process at nothing that a message or a row can say",
        planted: "Services/Policy/Core/Window.swift",
        "    preconditionFailure(\"it was parsed before\")\n"
    ) { file in
        guard file.isSwift, file.isCore || file.module == "Destinations" else { return [] }
        return file.code.filter { _, line in
            Words.traps.contains { line.contains($0) }
                && !Words.reasonsToTrap.contains { line.contains($0) }
        }.map { number, line in Rule.Violation(number: number, words: String(line)) }
    }

    static let pureModules = Rule(
        "a pure module reads no clock, no file and no random number",
        planted: "Shared/Ledger/Posting.swift",
        "let id = UU" + "ID()\n"
    ) { file in
        guard file.isSwift, let module = file.module, !file.isTest,
            Words.pureModules.contains(module)
        else { return [] }
        return file.occurrences(of: Words.impure)
    }
}

/// What the rules look for.
enum Words {
    static let impure = [
        "Date(", "Date.now", "UUID(", ".random(", ".shuffled(", "ContinuousClock",
        "SuspendingClock", "ProcessInfo", "FileManager", "print(", "import Foundation",
        "import Glibc",
    ]
    static let traps = ["preconditionFailure(", "precondition(", "fatalError(", "try! ", " as! "]
    /// What the program itself has seen to, whatever comes.
    static let reasonsToTrap = [
        "commands are not answered here", "the others are answered elsewhere",
        "only what is asked is answered", "a message of a contract can be encoded",
        "a gateway speaks at least one dialect",
    ]
    static let async = ["Task {", "async"]
    static let paths = ["/ho" + "me/", "/Us" + "ers/", "/wo" + "rk/wt", "/ro" + "ot/"]
    static let floating = ["Double", "Float"]
    static let pureModules: Set = [
        "APIObjects", "Contracts", "Destinations", "HTTP", "JSON", "Ledger", "Messaging",
        "Dialects",
        "Storage",
    ]
}
