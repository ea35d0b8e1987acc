import Glibc
import TesseraFiles
import Testing

@Suite struct RangeLockTests {
    @Test func rangesExcludeEachOtherAndNothingElse() throws {
        let path = "/tmp/tessera-lock-\(getpid())"
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        defer { unlink(path) }
        let second = try RangeLock(path: path)
        do {
            let first = try RangeLock(path: path)
            #expect(try first.tryLock(1000 ..< 1010))
            #expect(try !second.tryLock(1009 ..< 1020))
            #expect(second.isLockedElsewhere(0 ..< 1001))
            #expect(!first.isLockedElsewhere(0 ..< 2000))
            #expect(try second.tryLock(1010 ..< 1020))
            first.unlock(1000 ..< 1005)
            #expect(try second.tryLock(1000 ..< 1005))
            #expect(try !second.tryLock(1005 ..< 1006))
        }
        // The first one is gone, and its locks with it.
        try second.lock(1005 ..< 1010)
        #expect(throws: FileError.self) { _ = try RangeLock(path: path + "-missing") }
    }
}
