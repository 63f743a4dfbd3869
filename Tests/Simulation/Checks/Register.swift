/// A value that one client changes while others look: what it may have been since a moment.
final class Register<Value: Hashable> {
    private struct Write {
        var value: Value
        var endedAt: Int64?
    }

    private var writes: [Write]

    init(_ value: Value) {
        writes = [Write(value: value, endedAt: Int64.min)]
    }

    /// A change is asked for.
    func begin(_ value: Value) {
        writes.append(Write(value: value, endedAt: nil))
    }

    /// The last change was answered: it has happened, or it never will.
    func end(isDone: Bool, at time: Int64) {
        if isDone {
            writes[writes.count - 1].endedAt = time
        } else {
            writes.removeLast()
        }
    }

    /// The last value that was written, whether or not it is there yet.
    var latest: Value { writes[writes.count - 1].value }

    /// What it may have been at some moment since one.
    func possible(since time: Int64) -> Set<Value> {
        var values: Set<Value> = []
        for write in writes.reversed() {
            values.insert(write.value)
            if let endedAt = write.endedAt, endedAt <= time { break }
        }
        return values
    }
}
