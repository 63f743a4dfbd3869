public import Contracts
public import Messaging

/// The messages that Notifier understands.
public enum NotifierInput: Sendable {
    /// Events to append to the log.
    case recordEvents(RecordEvents)
    /// A question for a part of the log.
    case listEvents(ListEvents)
    /// A URL is to be told of events.
    case createEndpoint(CreateEndpoint)
    /// A question for an endpoint.
    case getEndpoint(GetEndpoint)
    /// A question for an organisation's endpoints.
    case listEndpoints(ListEndpoints)
    /// An endpoint is changed.
    case updateEndpoint(UpdateEndpoint)
    /// An endpoint is forgotten.
    case deleteEndpoint(DeleteEndpoint)
    /// An endpoint gets another secret.
    case rotateEndpointSecret(RotateEndpointSecret)
    /// An endpoint is tried out.
    case testEndpoint(TestEndpoint)
    /// A question for an endpoint's deliveries.
    case listDeliveries(ListDeliveries)
    /// An event is sent again.
    case redeliverEvent(RedeliverEvent)
    /// A range of events is sent again.
    case redeliverEvents(RedeliverEvents)
    /// Text messages are to be sent.
    case sendTexts(SendTexts)
    /// Escrow asks for a request to somebody else's server.
    case requestExchange(RequestExchange)
    /// Attempts have ended.
    case exchangesEnded(HTTPExchangesEnded)
    /// Text messages were sent or not.
    case textsEnded(TextsEnded)
    /// About a second has passed.
    case pulse

    /// How the messages of the wire become inputs.
    public static let table = InputTable<NotifierInput>([
        .command(
            RecordEvents.self,
            from: [.policy, .settlement, .escrow],
            NotifierInput.recordEvents
        ),
        .query(ListEvents.self, NotifierInput.listEvents),
        .request(CreateEndpoint.self, NotifierInput.createEndpoint),
        .query(GetEndpoint.self, NotifierInput.getEndpoint),
        .query(ListEndpoints.self, NotifierInput.listEndpoints),
        .request(UpdateEndpoint.self, NotifierInput.updateEndpoint),
        .request(DeleteEndpoint.self, NotifierInput.deleteEndpoint),
        .request(RotateEndpointSecret.self, NotifierInput.rotateEndpointSecret),
        .request(TestEndpoint.self, NotifierInput.testEndpoint),
        .query(ListDeliveries.self, NotifierInput.listDeliveries),
        .request(RedeliverEvent.self, NotifierInput.redeliverEvent),
        .request(RedeliverEvents.self, NotifierInput.redeliverEvents),
        .command(SendTexts.self, from: [.settlement], NotifierInput.sendTexts),
        .command(RequestExchange.self, from: [.escrow], NotifierInput.requestExchange),
        .result(HTTPExchangesEnded.self, NotifierInput.exchangesEnded),
        .result(TextsEnded.self, NotifierInput.textsEnded),
    ])
}
