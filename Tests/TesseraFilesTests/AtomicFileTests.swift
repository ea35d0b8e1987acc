import Glibc
import TesseraFiles
import Testing
import _TesseraTestSupport

@Suite struct AtomicFileTests {
    /// A new folder of its own for each test.
    let temporary = TemporaryFolder()

    var folder: String { temporary.path }

    var names: [String] { temporary.names }

    func write(_ text: String, to path: String, replacing: Bool = true) throws {
        var file = try AtomicFile(path: path, replacing: replacing)
        try file.write(Array(text.utf8))
        try file.commit()
    }

    @Test func whatIsWrittenIsRead() throws {
        let path = folder + "/a"
        try write("first", to: path)
        try write("second", to: path)
        #expect(try readBytes(path: path, limit: 6) == Array("second".utf8))
        #expect(names == ["a"])
    }

    @Test func anUnfinishedFileLeavesNothing() throws {
        let path = folder + "/a"
        try write("old", to: path)
        do {
            var file = try AtomicFile(path: path)
            try file.write(Array("new".utf8))
            #expect(names.count == 2)
        }
        #expect(names == ["a"])
        #expect(try readBytes(path: path, limit: 100) == Array("old".utf8))
    }

    @Test func refusesToReplaceUnlessAsked() throws {
        let path = folder + "/a"
        try write("first", to: path, replacing: false)
        #expect(throws: FileError.exists(path: path)) {
            try write("second", to: path, replacing: false)
        }
        // One that appears after the check, too.
        let late = folder + "/late"
        var file = try AtomicFile(path: late, replacing: false)
        try file.write(Array("mine".utf8))
        try write("theirs", to: late)
        do {
            try file.commit()
            Issue.record("the file was replaced")
        } catch {
            #expect(error == .exists(path: late))
        }
        #expect(try readBytes(path: late, limit: 100) == Array("theirs".utf8))
        #expect(names == ["a", "late"])
    }

    @Test func followsALinkAndKeepsTheMode() throws {
        let path = folder + "/a"
        let link = folder + "/link"
        try write("first", to: path)
        #expect(chmod(path, 0o600) == 0)
        #expect(symlink("a", link) == 0)
        try write("second", to: link)
        #expect(try readBytes(path: path, limit: 100) == Array("second".utf8))
        var status = stat()
        #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func aDeviceIsWrittenToAndStays() throws {
        try write("nothing", to: "/dev/null")
        var file = try AtomicFile(path: "/dev/full")
        do {
            try file.write([1])
            Issue.record("a full device took a byte")
        } catch {
            #expect(error == .refused(action: .write, path: "/dev/full", code: ENOSPC))
            #expect(error.isStorageFault)
            #expect(
                error.description == "cannot write '/dev/full': No space left on device")
        }
    }

    @Test func errorsNameTheFile() throws {
        let missing = folder + "/none/a"
        #expect(throws: FileError.refused(action: .create, path: missing, code: ENOENT)) {
            try write("", to: missing)
        }
        #expect(throws: FileError.notAFile(path: folder)) { try write("", to: folder) }
        #expect(throws: FileError.refused(action: .open, path: missing, code: ENOENT)) {
            try readBytes(path: missing, limit: 1)
        }
        try write("four", to: folder + "/a")
        let tooLong = FileError.tooLong(path: folder + "/a", byteCount: 4, limit: 3)
        #expect(throws: tooLong) { try readBytes(path: folder + "/a", limit: 3) }
        #expect(tooLong.description == "'\(folder)/a' has 4 bytes, but at most 3 are read")
        #expect(
            FileError.exists(path: "a").description
                == "'a' exists; remove it, choose another name, or ask for it to be replaced")
    }

    @Test func aPipeIsRefusedWithoutWaiting() throws {
        let pipe = folder + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: FileError.notAFile(path: pipe)) { try readBytes(path: pipe, limit: 1) }
        #expect(
            FileError.notAFile(path: "p").description
                == "'p' is not a regular file; name a file, or pass '-' to read from a pipe")
    }

    @Test func aSignalLeavesNothing() async throws {
        await #expect(processExitsWith: .exitCode(143)) { [path = folder + "/a" as String] in
            signal(SIGTERM) { _ in
                TemporaryFiles.removeAll()
                _exit(143)
            }
            var file = try AtomicFile(path: path)
            try file.write([1, 2, 3])
            kill(getpid(), SIGTERM)
            sleep(10)  // Another thread takes the signal.
        }
        #expect(names.isEmpty)
    }
}
