/// The commands in the order of the help.
enum CommandTable {
    static var all: [any Command.Type] {
        [
            UpCommand.self,
            InitCommand.self,
            DownCommand.self,
            StatusCommand.self,
            DemoCommand.self,
            PayCommand.self,
            WalletsCommand.self,
            PaymentsCommand.self,
            DecodeCommand.self,
            BatchImportCommand.self,
            SubmitBatchCommand.self,
            BatchStatusCommand.self,
            BatchExportCommand.self,
            CreateKeyCommand.self,
            ListKeysCommand.self,
            RevokeKeyCommand.self,
            ListMessagesCommand.self,
            ShowMessageCommand.self,
            RetryMessageCommand.self,
            DiscardMessageCommand.self,
            VerifyCommand.self,
            BenchPayCommand.self,
            BenchEscrowCommand.self,
            BenchBatchCommand.self,
            BenchWebhooksCommand.self,
            BenchDecodeCommand.self,
            HealthCommand.self,
            KeygenCommand.self,
            HelpCommand.self,
            SuperviseCommand.self,
        ]
    }
}
