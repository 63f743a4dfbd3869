import Glibc
import Tar
import Testing

@testable import Purse

/// An archive of a backup, in a file without a name.
@Suite("An archive")
struct ArchiveTests {
    /// What is written at the moment of the tests.
    private static let seconds: Int64 = 1_790_000_000

    @Test func `files are read as they were written`() throws {
        let sizes = [0, 1, 511, 512, 513, 3 << 20]
        let bytes = try written { writer in
            for size in sizes {
                try writer.begin(.init(name: "\(size)", bytes: Int64(size)), at: Self.seconds)
                try writer.write(Self.content(size))
            }
            try writer.end()
        }
        #expect(bytes.count % 512 == 0)
        let files = try read(bytes)
        #expect(files.map(\.name) == sizes.map { "\($0)" })
        for (file, size) in zip(files, sizes) { #expect(file.content == Self.content(size)) }
    }

    @Test(arguments: [0o777_7777_7777, 0o1000_0000_0000, 1 << 50])
    func `a size may be larger than eleven octal digits hold`(size: Int64) throws {
        let entry = TarEntry(name: "settlement.sqlite", bytes: size)
        let bytes = try written { writer in
            try writer.begin(entry, at: Self.seconds)
            try writer.write(Self.content(1000))
        }
        let reader = try Self.file(bytes).readArchive()
        #expect(try reader.next() == entry)
        #expect(try reader.read() == Self.content(1000))
        #expect(throws: TarProblem.cutOff) { try reader.read() }
    }

    @Test func `a header that was changed is refused`() throws {
        let bytes = try written { writer in
            try writer.begin(.init(name: "manifest.json", bytes: 600), at: Self.seconds)
            try writer.write(Self.content(600))
            try writer.end()
        }
        for place in [0, 124, 130, 156, 500] {
            var changed = bytes
            changed[place] ^= 1
            #expect(throws: Failure.self) { try read(changed) }
        }
        #expect(throws: Failure.self) { try read([]) }
        #expect(throws: Failure.self) { try read(Self.content(4096)) }
    }

    @Test func `an archive that was cut off has fewer files, or is refused`() throws {
        let bytes = try written { writer in
            for name in ["manifest.json", "policy.sqlite"] {
                try writer.begin(.init(name: name, bytes: 600), at: Self.seconds)
                try writer.write(Self.content(600))
            }
            try writer.end()
        }
        #expect(try read(bytes).count == 2)
        for count in stride(from: 0, to: 2 * (512 + 1024), by: 64) {
            let files = try? read(Array(bytes.prefix(count)))
            #expect(files.map { $0.count < 2 } ?? true, "\(count)")
        }
    }

    @Test func `an archive that was not ended is seen to be cut off`() throws {
        let bytes = try written { writer in
            try writer.begin(.init(name: "manifest.json", bytes: 600), at: Self.seconds)
            try writer.write(Self.content(500))
        }
        #expect(bytes.count == 512 + 500)
        #expect(throws: TarProblem.cutOff) { try read(bytes) }
    }

    private static func content(_ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8 &+ 1) }
    }

    /// The bytes that a writer leaves.
    private func written(_ work: (TarWriter) throws -> Void) throws -> [UInt8] {
        let path = Self.path()
        defer { _ = unsafe unlink(path) }
        let file = try FileStream(making: path)
        try work(try file.writeArchive())
        return try FileStream(reading: path).read(Int(try file.size()))
    }

    /// A file with these bytes, at its beginning.
    private static func file(_ bytes: [UInt8]) throws -> FileStream {
        let path = path()
        defer { _ = unsafe unlink(path) }
        try FileStream(making: path).write(bytes)
        return try FileStream(reading: path)
    }

    /// All files of an archive with their contents.
    @discardableResult
    private func read(_ bytes: [UInt8]) throws -> [(name: String, content: [UInt8])] {
        let reader = try Self.file(bytes).readArchive()
        var files: [(name: String, content: [UInt8])] = []
        while let entry = try reader.next() {
            var content: [UInt8] = []
            while let piece = try reader.read() { content += piece }
            files.append((entry.name, content))
        }
        return files
    }

    /// Where no file is yet.
    private static func path() -> String {
        "/tmp/purse-archive-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    }
}
