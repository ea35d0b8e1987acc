import TesseraCheckpoint
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct NumPyTests {
    private let folder = TemporaryFolder()

    /// A file as numpy writes it.
    private func file(_ header: String, _ data: [UInt8]) -> String {
        let bytes: [UInt8] =
            [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        return folder.write(bytes + data, as: "a.npy")
    }

    @Test(arguments: [[], [0], [3], [2, 3], [1, 2, 3, 4]])
    func aTensorComesBack(shape: [Int]) throws {
        let count = shape.reduce(1, *)
        let tensor = Tensor<Float>(shape: shape, elements: (0 ..< count).map { 0.1 * Float($0) })
        let path = folder.file("t.npy")
        try NumPyFile.write(tensor, to: path, replacing: false)
        let back = try NumPyFile.read(path)
        #expect(back.shape == shape && back.elements == tensor.elements)
        // Data begins at a multiple of 64 bytes, as numpy has it.
        #expect((folder.read("t.npy").count - 4 * count) % 64 == 0)
        expect(
            "'\(path)' exists; remove it, choose another name, or ask for it to be replaced"
        ) { () throws(NumPyError) in
            try NumPyFile.write(tensor, to: path, replacing: false)
        }
    }

    @Test func doublesAndBytesAreRead() throws {
        let doubles =
            withUnsafeBytes(of: 1.5) { Array($0) } + withUnsafeBytes(of: -2.0) { Array($0) }
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n"
        #expect(try NumPyFile.read(file(header, doubles)).elements == [1.5, -2])
        let bytes = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2), }\n"
        #expect(try NumPyFile.read(file(bytes, [7, 255])).elements == [7, 255])
    }

    @Test func whatIsNotReadIsSaid() {
        let other = file("{'descr': '<i8', 'fortran_order': False, 'shape': (0,), }\n", [])
        expect(
            "'\(other)' has elements of type '<i8', but numbers of 32 or 64 bits or bytes in "
                + "reading order are read; save numpy.ascontiguousarray(a, 'float32')"
        ) { () throws(NumPyError) in _ = try NumPyFile.read(other) }
        let short = file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", [0, 0])
        expect("'\(short)' has 2 bytes of data, but its header says 24; save it again") {
            () throws(NumPyError) in _ = try NumPyFile.read(short)
        }
        let huge = file(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }\n", [])
        for path in [huge, folder.write([0x93], as: "b.npy"), folder.write([], as: "c.npy")] {
            #expect(throws: NumPyError.notNumPy(path: path)) { try NumPyFile.read(path) }
        }
    }
}
