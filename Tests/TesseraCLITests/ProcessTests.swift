import Glibc
import TesseraImage
import Testing
import _TesseraTestSupport

/// The program as a process of its own, for what signals and limits do to it.
@Suite struct ProcessTests {
    /// The program that was built with these tests, beside their bundle.
    static var executable: String {
        get throws {
            let bundle = try #require(
                CommandLine.arguments.first { $0.contains(".xctest") },
                "The tests were started with the path of their bundle")
            let path = bundle[..<(bundle.firstRange(of: ".xctest")?.lowerBound ?? bundle.endIndex)]
            let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
            return folder + "/tessera"
        }
    }

    /// Starts a shell command with the program as `$0`.
    private func start(_ command: String, _ arguments: [String]) throws -> pid_t {
        let words = ["sh", "-c", command, try ProcessTests.executable] + arguments
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        // The threads of a test block signals, and a shell may ignore them: a child would inherit it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var child = pid_t()
        #expect(posix_spawn(&child, "/bin/sh", nil, &attributes, pointers, environ) == 0)
        return child
    }

    /// Waits for a process and gives its exit code.
    private func wait(_ child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalLeavesNoHalfFile(_ number: Int32) throws {
        let folder = TemporaryFolder()
        let child = try start(
            #"exec "$0" generate --count 10000 --size 64 --steps 1 -o "$1" --model "$2" -q"#,
            [folder.file("out"), tinyModelPath])
        for _ in 0 ..< 6000 where TemporaryFolder.names(in: folder.file("out")).count < 3 {
            usleep(10_000)
        }
        kill(child, number)
        #expect(wait(child) == 128 + number)
        for name in TemporaryFolder.names(in: folder.file("out")) {
            #expect(name.hasSuffix(".png"))
            #expect(try folder.image("out/\(name)").width == 64)
        }
    }

    @Test func aFullDiskEndsTheRun() throws {
        let folder = TemporaryFolder()
        folder.picture("in/a.png", width: 64, height: 64)
        folder.picture("in/b.png", width: 64, height: 64)
        // A file may have two blocks of 512 bytes, a picture of noise needs more.
        let child = try start(
            #"ulimit -f 2; exec "$0" degrade "$1" --task inpaint-random -o "$2" -q 2> /dev/null"#,
            [folder.file("in"), folder.file("out")])
        #expect(wait(child) == 4)
        #expect(TemporaryFolder.names(in: folder.file("out")).isEmpty)
    }

    @Test(arguments: ["safetensors", "webdataset"])
    func aFullDiskLeavesNoPartOfAShard(format: String) throws {
        let folder = TemporaryFolder()
        for number in 0 ..< 40 { folder.picture("in/\(number).png", width: 32, height: 32) }
        // A file may have two blocks of 512 bytes: enough to describe the job, not for a shard.
        let child = try start(
            #"ulimit -f 2; exec "$0" tokenize "$1" -o "$2" --model "$3" --format "$4" -q 2> /dev/null"#,
            [folder.file("in"), folder.file("out"), tinyModelPath, format])
        #expect(wait(child) == 4)
        #expect(TemporaryFolder.names(in: folder.file("out")) == ["job.json"])
        let again = try start(
            #"exec "$0" tokenize "$1" -o "$2" --model "$3" --format "$4" -q"#,
            [folder.file("in"), folder.file("out"), tinyModelPath, format])
        #expect(wait(again) == 0)
        #expect(TemporaryFolder.names(in: folder.file("out")).contains("manifest.jsonl"))
    }

    @Test func aSmallStackSuffices() throws {
        let folder = TemporaryFolder()
        folder.picture("in/a.png")
        let child = try start(
            #"ulimit -s 256; exec "$0" tokenize "$1" -o "$2" --model "$3" -q"#,
            [folder.file("in"), folder.file("out"), tinyModelPath])
        #expect(wait(child) == 0)
    }

    @Test func whereMemoryIsLimitedAnAllocationThatFailsIsAStorageFault() throws {
        let folder = TemporaryFolder()
        let child = try start(
            #"ulimit -v 16000000; exec "$0" generate --count 10000 --size 64 --steps 1 -o "$1" --model "$2" --json > "$3" 2> "$4""#,
            [folder.file("out"), tinyModelPath, folder.file("json"), folder.file("log")])
        for _ in 0 ..< 6000 where TemporaryFolder.names(in: folder.file("out")).count < 3 {
            usleep(10_000)
        }
        kill(child, SIGABRT)  // As the runtime ends a process that it can give no memory.
        #expect(wait(child) == 4)
        for name in ["log", "json"] {
            #expect(
                String(decoding: folder.read(name), as: UTF8.self)
                    .contains("most likely because 'ulimit -v' allows too little memory"))
        }
    }

    @Test func aSignalAsksForTheState() throws {
        let folder = TemporaryFolder()
        let child = try start(
            #"exec "$0" generate --count 10000 --size 64 --steps 1 -o "$1" --model "$2" 2> "$3""#,
            [folder.file("out"), tinyModelPath, folder.file("log")])
        for _ in 0 ..< 6000 where TemporaryFolder.names(in: folder.file("out")).count < 3 {
            usleep(10_000)
        }
        kill(child, SIGUSR1)
        func log() -> String { String(decoding: folder.read("log"), as: UTF8.self) }
        for _ in 0 ..< 6000 where !log().contains("/10000  ") { usleep(10_000) }
        #expect(log().contains("/10000  "))
        // It goes on until it is told to end.
        kill(child, SIGTERM)
        #expect(wait(child) == 128 + SIGTERM)
    }

    @Test func aClosedOutputIsAStorageFault() throws {
        let child = try start(#"exec "$0" --version > /dev/full 2> /dev/null"#, [])
        #expect(wait(child) == 4)
    }

    @Test func standardInputIsRead() throws {
        let folder = TemporaryFolder()
        let child = try start(
            #"exec "$0" degrade - --task sr2 -o - -q < "$1" > "$2""#,
            [folder.picture("in.png"), folder.file("out.png")])
        #expect(wait(child) == 0)
        #expect(try folder.image("out.png").width == 12)
    }
}
