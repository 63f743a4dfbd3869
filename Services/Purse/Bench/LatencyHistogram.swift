/// How long things took, in buckets that are at most 3 % wide.
struct LatencyHistogram {
    private static let bitsPerOctave = 5
    private static let subBuckets = 1 << bitsPerOctave

    private var counts = [Int64](repeating: 0, count: 40 * subBuckets)

    /// The number of values.
    private(set) var count: Int64 = 0

    /// The greatest value.
    private(set) var maximum: Int64 = 0

    /// Adds a value.
    mutating func add(_ microseconds: Int64) {
        let value = max(0, microseconds)
        counts[min(counts.count - 1, Self.bucket(of: value))] += 1
        count += 1
        maximum = max(maximum, value)
    }

    /// The value that a share of all values, in thousandths, does not exceed, or 0.
    func percentile(_ thousandths: Int64) -> Int64 {
        var left = (count * thousandths + 999) / 1000
        for (bucket, inBucket) in counts.enumerated() {
            left -= inBucket
            if left <= 0, count > 0 { return min(maximum, Self.upperBound(of: bucket)) }
        }
        return maximum
    }

    /// Small values have a bucket each; from 32 on, each power of two is parted into 32.
    private static func bucket(of value: Int64) -> Int {
        guard value >= Int64(subBuckets) else { return Int(value) }
        let octave = 63 - value.leadingZeroBitCount - bitsPerOctave
        return (octave << bitsPerOctave) + Int(value >> Int64(octave))
    }

    private static func upperBound(of bucket: Int) -> Int64 {
        guard bucket >= 2 * subBuckets else { return Int64(bucket) }
        let octave = (bucket >> bitsPerOctave) - 1
        let within = Int64(bucket & (subBuckets - 1) | subBuckets)
        return (within + 1) << Int64(octave) - 1
    }
}
