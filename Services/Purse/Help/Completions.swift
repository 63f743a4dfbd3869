/// What lets a shell complete command lines, made of the commands' own descriptions.
struct Completions {
    /// The shells that are known.
    enum Shell: String, CaseIterable {
        case bash
        case zsh
        case fish
    }

    private let commands: [CommandEntry]

    init(of commands: [CommandEntry]) {
        self.commands = commands.filter { !$0.isHidden }
    }

    /// The script for a shell.
    func script(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    /// Every spelling of every command.
    private var spellings: [(words: String, command: CommandEntry)] {
        commands.flatMap { command in
            ([command.name] + [command.alias].compactMap(\.self)).map { ($0, command) }
        }
    }

    /// The first words, each with what it is about.
    private var firstWords: [(word: String, summary: String)] {
        var found: [(word: String, summary: String)] = []
        for (words, command) in spellings {
            let word = words.prefix { $0 != " " }
            guard !found.contains(where: { $0.word == word }) else { continue }
            let verbs = secondWords(after: String(word)).map(\.word).joined(separator: ", ")
            found.append((String(word), verbs.isEmpty ? command.summary : verbs))
        }
        return found
    }

    private func secondWords(after first: String) -> [(word: String, summary: String)] {
        spellings.compactMap { words, command in
            words.hasPrefix(first + " ")
                ? (String(words.dropFirst(first.count + 1)), command.summary) : nil
        }
    }

    /// The words that begin a command of two words.
    private var nouns: [String] {
        firstWords.map(\.word).filter { !secondWords(after: $0).isEmpty }
    }

    // MARK: bash

    private var bash: String {
        let first = firstWords.map(\.word).joined(separator: " ")
        var lines = [
            "# bash completion for purse; source it.",
            "_purse() {",
            "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}",
            "    local command=${COMP_WORDS[1]:-} candidates= verbs=",
            "    if ((COMP_CWORD == 1)); then",
            "        candidates='\(first) --help --version'",
            "        COMPREPLY=($(compgen -W \"$candidates\" -- \"$current\"))",
            "        return",
            "    fi",
            "    case $command in",
        ]
        for noun in nouns {
            let verbs = secondWords(after: noun).map(\.word).joined(separator: " ")
            lines.append("        \(noun)) verbs='\(verbs)' ;;")
        }
        lines += [
            "    esac",
            "    if ((COMP_CWORD == 2)); then candidates=$verbs; fi",
            "    if ((COMP_CWORD > 2)) && [[ \" $verbs \" == *\" ${COMP_WORDS[2]} \"* ]]; then",
            "        command+=\" ${COMP_WORDS[2]}\"",
            "    fi",
            "    case \"$command $previous\" in",
        ]
        lines += valueCases { words, option, choices in
            let pattern = "        '\(words) --\(option)'"
            guard let choices else {
                return pattern + ") COMPREPLY=($(compgen -f -- \"$current\")); return ;;"
            }
            return pattern + ") COMPREPLY=($(compgen -W '\(choices)' -- \"$current\")); return ;;"
        }
        lines += ["    esac", "    case $command in"]
        for (words, command) in spellings {
            let options = command.options.map { "--" + $0.name }.joined(separator: " ")
            lines.append("        '\(words)') candidates+=' \(options)' ;;")
        }
        lines += [
            "    esac",
            "    COMPREPLY=($(compgen -W \"$candidates\" -- \"$current\"))",
            "    if [[ ${#COMPREPLY[@]} -eq 0 && $current != -* ]]; then",
            "        COMPREPLY=($(compgen -f -- \"$current\"))",
            "    fi",
            "}",
            "complete -F _purse purse",
        ]
        return lines.joined(separator: "\n")
    }

    /// A line for each option of each command whose values are known; no choices are files.
    private func valueCases(
        _ line: (_ words: String, _ option: String, _ choices: String?) -> String
    ) -> [String] {
        spellings.flatMap { words, command in
            command.options.compactMap { option in
                switch option.values {
                case .anything: nil
                case .files: line(words, option.name, nil)
                case .choices(let choices): line(words, option.name, choices.joined(separator: " "))
                }
            }
        }
    }

    // MARK: zsh

    private var zsh: String {
        var lines = [
            "#compdef purse",
            "# zsh completion for purse.",
            "_purse() {",
            "    local command=${words[2]} previous=${words[CURRENT-1]} verbs=",
            "    local -a candidates",
            "    if ((CURRENT == 2)); then",
            "        candidates=("
                + firstWords.map { described($0.word, $0.summary) }
                .joined(separator: " ") + ")",
            "        _describe command candidates",
            "        return",
            "    fi",
            "    case $command in",
        ]
        for noun in nouns {
            let verbs = secondWords(after: noun)
            lines.append(
                "        \(noun)) verbs=' \(verbs.map(\.word).joined(separator: " ")) '; "
                    + "((CURRENT == 3)) && candidates=("
                    + verbs.map { described($0.word, $0.summary) }.joined(separator: " ") + ") ;;"
            )
        }
        lines += [
            "    esac",
            "    if ((CURRENT > 3)) && [[ $verbs == *\" ${words[3]} \"* ]]; then",
            "        command+=\" ${words[3]}\"",
            "    fi",
            "    case \"$command $previous\" in",
        ]
        lines += valueCases { words, option, choices in
            let pattern = "        '\(words) --\(option)')"
            return pattern + (choices.map { " compadd \($0)" } ?? " _files") + "; return ;;"
        }
        lines += ["    esac", "    case $command in"]
        for (words, command) in spellings {
            let options = command.options.map { described("--" + $0.name, $0.summary) }
            lines.append("        '\(words)') candidates+=(\(options.joined(separator: " "))) ;;")
        }
        lines += [
            "    esac",
            "    _describe word candidates || _files",
            "}",
            "compdef _purse purse",
        ]
        return lines.joined(separator: "\n")
    }

    private func described(_ word: String, _ summary: String) -> String {
        quoted(word + ":" + summary.replacing(":", with: "\\:"))
    }

    // MARK: fish

    private var fish: String {
        var lines = [
            "# fish completion for purse.",
            "function __purse_is",
            "    set -l words (commandline -opc)",
            "    set -l wanted (string split ' ' -- $argv[1])",
            "    test (count $words) -gt (count $wanted)",
            "    and test \"$words[2..\"(math 1 + (count $wanted))\"]\" = \"$argv[1]\"",
            "end",
            "function __purse_at",
            "    test (count (commandline -opc)) -eq $argv[1]",
            "end",
            "complete -c purse -f",
            "complete -c purse -n '__purse_at 1' -l help -d 'print the commands'",
            "complete -c purse -n '__purse_at 1' -l version -d 'print the version'",
        ]
        for (word, summary) in firstWords {
            lines.append("complete -c purse -n '__purse_at 1' -a \(word) -d \(quoted(summary))")
        }
        for noun in nouns {
            for (verb, summary) in secondWords(after: noun) {
                lines.append(
                    "complete -c purse -n '__purse_at 2; and __purse_is \(noun)' -a \(verb)"
                        + " -d \(quoted(summary))"
                )
            }
        }
        for (words, command) in spellings {
            for option in command.options {
                var line = "complete -c purse -n '__purse_is \"\(words)\"' -l \(option.name)"
                if option.placeholder != nil { line += " -r" }
                switch option.values {
                case .anything: break
                case .files: line += " -F"
                case .choices(let choices):
                    line += " -a " + quoted(choices.joined(separator: " "))
                }
                lines.append(line + " -d \(quoted(option.summary))")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// The text as one word for any of the shells.
    private func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
