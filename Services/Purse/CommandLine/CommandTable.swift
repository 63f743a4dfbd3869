/// The commands in the order of the help.
enum CommandTable {
    static var all: [CommandEntry] {
        installation.map { CommandEntry($0) }
            + calls.map { CommandEntry($0) }
            + keys.map { CommandEntry($0) }
            + batches.map { CommandEntry($0) }
            + tools.map { CommandEntry($0) }
    }

    /// Those of the installation on this machine.
    private static var installation: [any Command.Type] {
        [
            UpCommand.self,
            InitCommand.self,
            DownCommand.self,
            StatusCommand.self,
            DemoCommand.self,
        ]
    }

    /// Those that are calls of the API.
    private static let calls: [CallCommand] =
        PolicyCalls.all + WalletCalls.all + PaymentCalls.all + EventCalls.all
        + AdministrationCalls.all

    private static var keys: [any Command.Type] {
        [
            RotateKeyCommand.self,
            ResetKeysCommand.self,
        ]
    }

    private static var batches: [any Command.Type] {
        [
            BatchImportCommand.self,
            ListBatchesCommand.self,
            BatchStatusCommand.self,
            SubmitBatchCommand.self,
            CancelBatchCommand.self,
            BatchExportCommand.self,
        ]
    }

    private static var tools: [any Command.Type] {
        [
            DecodeCommand.self,
            VerifyCommand.self,
            BackupCommand.self,
            RestoreCommand.self,
            BenchPayCommand.self,
            BenchEscrowCommand.self,
            BenchBatchCommand.self,
            BenchWebhooksCommand.self,
            BenchDecodeCommand.self,
            HealthCommand.self,
            KeygenCommand.self,
            HelpCommand.self,
            CompletionsCommand.self,
            ManCommand.self,
            SuperviseCommand.self,
        ]
    }
}
