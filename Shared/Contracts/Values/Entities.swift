/// A tenant of the platform.
public enum Organisation: Identified {
    /// The identifier of an organisation.
    public typealias ID = Identifier<Organisation>
    public static let prefix = "org"
}

/// Balances per asset under one policy.
public enum Wallet: Identified {
    /// The identifier of a wallet.
    public typealias ID = Identifier<Wallet>
    public static let prefix = "wal"
}

/// What a payer asks for.
public enum Payment: Identified {
    /// The identifier of a payment.
    public typealias ID = Identifier<Payment>
    public static let prefix = "tx"
}

/// What limits a wallet.
public enum Policy: Identified {
    /// The identifier of a policy.
    public typealias ID = Identifier<Policy>
    public static let prefix = "pol"

    /// Those that every organisation has, and nobody changes.
    public static let presets: Set<ID> = [
        ID("pol_open"), ID("pol_conservative"), ID("pol_standard"),
    ]
}

/// A person's yes to one exact action.
public enum Approval: Identified {
    /// The identifier of an approval.
    public typealias ID = Identifier<Approval>
    public static let prefix = "apr"
}

/// Locked money of a payer that moves to a receiver when work is done, and back otherwise.
public enum Escrow: Identified {
    /// The identifier of an escrow.
    public typealias ID = Identifier<Escrow>
    public static let prefix = "escrow"
}

/// Money that several members own together.
public enum GroupAccount: Identified {
    /// The identifier of a group account.
    public typealias ID = Identifier<GroupAccount>
    public static let prefix = "grp"
}

/// An order to move money out of a group account.
public enum GroupRelease: Identified {
    /// The identifier of a group release.
    public typealias ID = Identifier<GroupRelease>
    public static let prefix = "rel"
}

/// Something that happened and that somebody may be told.
public enum Event: Identified {
    /// The identifier of an event.
    public typealias ID = Identifier<Event>
    public static let prefix = "evt"
}

/// A URL that is told of events.
public enum WebhookEndpoint: Identified {
    /// The identifier of a webhook endpoint.
    public typealias ID = Identifier<WebhookEndpoint>
    public static let prefix = "whe"
}

/// The telling of one event to one endpoint.
public enum Delivery: Identified {
    /// The identifier of a delivery.
    public typealias ID = Identifier<Delivery>
    public static let prefix = "dlv"
}

/// A text message.
public enum Text: Identified {
    /// The identifier of a text message.
    public typealias ID = Identifier<Text>
    public static let prefix = "txt"
}

/// One entry of the directory.
public enum DirectoryEntry: Identified {
    /// The identifier of a directory entry.
    public typealias ID = Identifier<DirectoryEntry>
    public static let prefix = "dst"
}

/// A key that opens the API.
public enum APIKey: Identified {
    /// The identifier of a key, which is not the key.
    public typealias ID = Identifier<APIKey>
    public static let prefix = "key"
}

/// One HTTP request, or one question that a service asks another.
public enum RequestReference: Identified {
    /// The identifier of a request.
    public typealias ID = Identifier<RequestReference>
    public static let prefix = "req"
}

/// One envelope on the wire.
public enum MessageReference: Identified {
    /// The identifier of a message.
    public typealias ID = Identifier<MessageReference>
    public static let prefix = "msg"
}
