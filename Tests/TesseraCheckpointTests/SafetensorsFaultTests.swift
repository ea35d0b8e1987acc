import Glibc
import TesseraCheckpoint
import Testing
import _TesseraTestSupport

/// A file that breaks one rule, and the sentence that says so.
struct BrokenFile: CustomTestStringConvertible {
    let name: String
    let header: String
    var data = 0
    var length: UInt64?
    let sentence: String

    var testDescription: String { name }
}

private let brokenFiles: [BrokenFile] = [
    BrokenFile(
        name: "header past the limit", header: "{}", length: 100_000_001,
        sentence: "the header claims 100000001 bytes, but at most 100000000 are read"),
    BrokenFile(
        name: "header of 2^64 - 1 bytes", header: "{}", length: .max,
        sentence: "the header claims 18446744073709551615 bytes, but at most 100000000 are read"),
    BrokenFile(
        name: "header past the end", header: "{}", length: 3,
        sentence: "the header claims 3 bytes, but only 2 follow; the file may be truncated, or "
            + "not be safetensors"),
    BrokenFile(
        name: "header that is a list", header: "[]",
        sentence: "the header does not begin with '{'; the file may not be safetensors"),
    BrokenFile(
        name: "header after a space", header: " {}",
        sentence: "the header does not begin with '{'; the file may not be safetensors"),
    BrokenFile(
        name: "header that is no JSON", header: "{a}",
        sentence: "the header is not JSON: line 1, column 2: found 'a', but a name in quotes "
            + "must stand here"),
    BrokenFile(
        name: "tensor that comes twice",
        header: #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{}}"#,
        sentence: "the header is not JSON: line 1, column 54: 'a' comes twice in one object; "
            + "keep one of the two"),
    BrokenFile(
        name: "metadata that is a text", header: #"{"__metadata__":"a"}"#,
        sentence: "'__metadata__' is not an object of texts"),
    BrokenFile(
        name: "metadata of numbers", header: #"{"__metadata__":{"a":1}}"#,
        sentence: "the metadata 'a' is not a text"),
    BrokenFile(
        name: "description that is a list", header: #"{"a":[]}"#,
        sentence: "tensor 'a' is not described by an object"),
    BrokenFile(
        name: "no type", header: #"{"a":{"shape":[],"data_offsets":[0,0]}}"#,
        sentence: "tensor 'a' has no 'dtype'"),
    BrokenFile(
        name: "unknown key",
        header: #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"scale":1}}"#,
        sentence: "tensor 'a' has the unknown key 'scale'"),
    BrokenFile(
        name: "unknown type", header: #"{"a":{"dtype":"Q4_0","shape":[],"data_offsets":[0,4]}}"#,
        data: 4,
        sentence: "tensor 'a' has elements of type 'Q4_0', which safetensors does not know"),
    BrokenFile(
        name: "negative size",
        header: #"{"a":{"dtype":"U8","shape":[-1,-1],"data_offsets":[0,1]}}"#, data: 1,
        sentence: "the shape of tensor 'a' is not a list of whole numbers from 0 up"),
    BrokenFile(
        name: "size with a fraction",
        header: #"{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#, data: 1,
        sentence: "the shape of tensor 'a' is not a list of whole numbers from 0 up"),
    BrokenFile(
        name: "size past 64 bits",
        header: #"{"a":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,1]}}"#,
        data: 1, sentence: "the shape of tensor 'a' is not a list of whole numbers from 0 up"),
    BrokenFile(
        name: "reversed offsets", header: #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}"#,
        data: 1, sentence: "the offsets of tensor 'a' are not a range of bytes"),
    BrokenFile(
        name: "three offsets", header: #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}"#,
        data: 1, sentence: "the offsets of tensor 'a' are not a range of bytes"),
    BrokenFile(
        name: "product past 63 bits",
        header: #"{"a":{"dtype":"F32","shape":[4294967296,1073741824],"data_offsets":[0,0]}}"#,
        sentence: "tensor 'a' has shape [4294967296, 1073741824], more elements than can be "
            + "counted"),
    BrokenFile(
        name: "product past 63 bits beside a zero",
        header: #"{"a":{"dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}"#,
        sentence: "tensor 'a' has shape [0, 4294967296, 4294967296], more elements than can be "
            + "counted"),
    BrokenFile(
        name: "size that is not the shape's",
        header: #"{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,4]}}"#, data: 4,
        sentence: "tensor 'a' has 4 bytes, but its shape needs 6"),
    BrokenFile(
        name: "gap",
        header: #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
            + #""b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}"#,
        data: 4, sentence: "bytes 1 to 3 before tensor 'b' belong to no tensor"),
    BrokenFile(
        name: "overlap",
        header: #"{"b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"#
            + #""a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#,
        data: 4, sentence: "tensor 'a' shares bytes with tensor 'b'"),
    BrokenFile(
        name: "tensor past the end",
        header: #"{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}"#, data: 4,
        sentence: "tensor 'a' ends at byte 5, but only 4 follow the header; the file may be "
            + "truncated"),
    BrokenFile(
        name: "trailing bytes", header: #"{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}"#,
        data: 7, sentence: "2 bytes after the last tensor belong to no tensor"),
]

@Suite struct SafetensorsFaultTests {
    @Test(arguments: brokenFiles) func everyBrokenRuleHasItsSentence(broken: BrokenFile) {
        let folder = TemporaryFolder()
        let bytes = safetensors(broken.header, data: broken.data, length: broken.length)
        let path = folder.write(bytes, as: "file")
        expect("\(path): \(broken.sentence)") { () throws(CheckpointError) in
            _ = try SafetensorsFile(path: path)
        }
    }

    @Test func aFileWithoutRoomForTheLengthIsTooShort() {
        let folder = TemporaryFolder()
        let path = folder.write([2, 0, 0, 0, 0, 0, 0], as: "file")
        expect(
            "\(path): the file has 7 bytes, but safetensors begins with 8 bytes for the length "
                + "of the header"
        ) { () throws(CheckpointError) in _ = try SafetensorsFile(path: path) }
    }

    @Test func aHeaderNestedTooDeeplyIsRefusedBeforeItFillsTheStack() {
        let folder = TemporaryFolder()
        let deep = "{\"a\":" + String(repeating: "[", count: 100_000)
        let path = folder.write(safetensors(deep), as: "file")
        expect(
            "\(path): the header is not JSON: line 1, column 13: values are nested deeper than "
                + "the 8 levels that are read"
        ) { () throws(CheckpointError) in _ = try SafetensorsFile(path: path) }
    }

    @Test func namesAreDataAndSpacesMayPadTheHeader() throws {
        let folder = TemporaryFolder()
        let header = #"{"../../x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}   "#
        let file = try SafetensorsFile(path: folder.write(safetensors(header, data: 1), as: "file"))
        #expect(file.names == ["../../x"])
    }

    @Test func aPipeIsRefusedAndNotWaitedFor() throws {
        let folder = TemporaryFolder()
        let path = folder.file("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        expect("'\(path)' is not a regular file; name a file, or pass '-' to read from a pipe") {
            () throws(CheckpointError) in _ = try SafetensorsFile(path: path)
        }
    }
}
