// messaging
