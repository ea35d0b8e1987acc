import TesseraCheckpoint
import TesseraTensor
import Testing
import _TesseraTestSupport

/// The bytes of a file with a given header and data.
func safetensors(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let text = Array(header.utf8)
    return withUnsafeBytes(of: (length ?? UInt64(text.count)).littleEndian) { Array($0) }
        + text + Array(repeating: 0, count: data)
}

@Suite struct SafetensorsTests {
    @Test func everyTypeThatIsWrittenReadsBack() throws {
        let folder = TemporaryFolder()
        let floats = Tensor<Float>(
            shape: [2, 3], elements: [0, -1.5, .greatestFiniteMagnitude, 1e-30, 1e30, 7])
        let halves = Tensor<Float>(shape: [3], elements: [0.1, -65504, 6e-8])
        let bytes = Tensor<UInt8>(shape: [2, 2, 1], elements: [0, 1, 128, 255])
        let words = Tensor<UInt16>(shape: [1], elements: [65535])
        let integers = Tensor<Int32>(shape: [2], elements: [-5, .max])
        var writer = SafetensorsWriter(metadata: ["who": "we", "quoted": "a \"b\"\n\u{1F600}"])
        writer.add(bytes, named: "bytes")
        writer.add(floats, named: "floats")
        try writer.addHalf(halves, named: "halves")
        writer.add(words, named: "words")
        writer.add(integers, named: "integers")
        writer.add(Tensor<Float>(shape: [0, 4], elements: []), named: "empty")
        writer.add(Tensor<Float>(shape: [], elements: [4]), named: "scalar")
        try writer.write(to: folder.file("a.safetensors"))

        let file = try SafetensorsFile(path: folder.file("a.safetensors"))
        #expect(file.metadata == ["who": "we", "quoted": "a \"b\"\n\u{1F600}"])
        #expect(
            file.names == ["empty", "floats", "scalar", "integers", "halves", "words", "bytes"])
        #expect(try file.tensor("floats", shape: [2, 3]).elements == floats.elements)
        #expect(
            try file.tensor("halves", shape: [3]).elements
                == halves.elements.map { Float(Float16($0)) })
        #expect(
            try file.tensor("bytes", shape: [2, 2, 1], of: UInt8.self).elements == bytes.elements)
        #expect(try file.tensor("words", shape: [1], of: UInt16.self).elements == [65535])
        #expect(try file.tensor("integers", shape: [2], of: Int32.self).elements == [-5, .max])
        #expect(try file.tensor("empty", shape: [0, 4]).count == 0)
        #expect(try file.tensor("scalar", shape: []).elements == [4])
        #expect(folder.names == ["a.safetensors"])
    }

    /// Of several pages, which are given back once they have been copied.
    @Test func aTensorReadsTheSameAgainAndSoDoItsNeighbours() throws {
        let folder = TemporaryFolder()
        let names = ["a", "b", "c"]
        let values = names.indices.map { index in
            let first = 5000 * index
            return Tensor<Float>(
                shape: [5000], elements: (first ..< first + 5000).map { Float($0) })
        }
        var writer = SafetensorsWriter()
        for (name, value) in zip(names, values) { writer.add(value, named: name) }
        try writer.write(to: folder.file("a.safetensors"))
        let file = try SafetensorsFile(path: folder.file("a.safetensors"))
        for _ in 0 ..< 2 {
            for (name, value) in zip(names, values).reversed() {
                #expect(try file.tensor(name, shape: [5000]).elements == value.elements)
                let bytes = try file.withBytes(of: name) { Array($0) }
                #expect(bytes == value.withUnsafeBuffer { Array(UnsafeRawBufferPointer($0)) })
            }
        }
    }

    @Test func copiesOfAllTensorsMakeTheSameFile() throws {
        let folder = TemporaryFolder()
        var writer = SafetensorsWriter(metadata: ["k": "v"])
        writer.add(Tensor<Float>(shape: [2], elements: [1, 2]), named: "a")
        writer.add(Tensor<UInt8>(shape: [3], elements: [1, 2, 3]), named: "b")
        let hash = try writer.write(to: folder.file("one"))
        let file = try SafetensorsFile(path: folder.file("one"))
        var copier = SafetensorsWriter(metadata: file.metadata)
        for name in file.names.reversed() { try copier.copy(name, from: file) }
        #expect(try copier.write(to: folder.file("two")) == hash)
    }

    @Test(arguments: [ScalarType.float16, .bfloat16])
    func everyFiniteHalfIsWidenedExactly(type: ScalarType) throws {
        let folder = TemporaryFolder()
        let words = (0 ... UInt16.max).filter { widened($0, type).isFinite }
        let header = """
            {"words":{"dtype":"\(type.rawValue)","shape":[\(words.count)],\
            "data_offsets":[0,\(2 * words.count)]}}
            """
        let bytes = safetensors(header) + words.withUnsafeBytes { Array($0) }
        let file = try SafetensorsFile(path: folder.write(bytes, as: "words"))
        let read = try file.tensor("words", shape: [words.count]).elements
        #expect(read.map(\.bitPattern) == words.map { widened($0, type).bitPattern })
    }

    @Test(arguments: [0x7c00, 0xfc00, 0x7e00] as [UInt16])
    func weightsThatAreNotFiniteAreRefused(half: UInt16) throws {
        let folder = TemporaryFolder()
        let header = #"{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,6]}}"#
        let words: [UInt16] = [0, 1, half]
        let path = folder.write(
            safetensors(header) + words.withUnsafeBytes { Array($0) }, as: "file")
        let file = try SafetensorsFile(path: path)
        expect(
            "\(path): tensor 'a' holds \(Float16(bitPattern: half)) at element 2, but weights are "
                + "finite; the training may have diverged"
        ) { () throws(CheckpointError) in _ = try file.tensor("a", shape: [3]) }
    }

    /// What the reference implementation (safetensors 0.8.0) writes for the same tensors.
    @Test func theBytesAreThoseOfTheReferenceImplementation() throws {
        let folder = TemporaryFolder()
        var writer = SafetensorsWriter(metadata: ["model": "abc é"])
        writer.add(Tensor<UInt8>(shape: [1, 2, 3], elements: [0, 1, 2, 3, 4, 5]), named: "tokens")
        writer.add(Tensor<UInt16>(shape: [2], elements: [1, 65535]), named: "codes")
        writer.add(Tensor<Int32>(shape: [1, 2], elements: [3, -4]), named: "sizes")
        writer.add(Tensor<Float>(shape: [2], elements: [0.5, -2]), named: "w")
        try writer.addHalf(Tensor<Float>(shape: [1], elements: [0.5]), named: "half")
        writer.add(Tensor<Float>(shape: [0, 2], elements: []), named: "a")
        try writer.write(to: folder.file("file"))
        let header = """
            {"__metadata__":{"model":"abc é"},"a":{"dtype":"F32","shape":[0,2],\
            "data_offsets":[0,0]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},\
            "sizes":{"dtype":"I32","shape":[1,2],"data_offsets":[8,16]},\
            "half":{"dtype":"F16","shape":[1],"data_offsets":[16,18]},\
            "codes":{"dtype":"U16","shape":[2],"data_offsets":[18,22]},\
            "tokens":{"dtype":"U8","shape":[1,2,3],"data_offsets":[22,28]}}\u{20}
            """
        let data: [UInt8] = [
            0, 0, 0, 0x3f, 0, 0, 0, 0xc0, 3, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff,
            0, 0x38, 1, 0, 0xff, 0xff, 0, 1, 2, 3, 4, 5,
        ]
        #expect(folder.read("file") == safetensors(header) + data)
    }

    @Test func everyPrefixOfAFileIsAnError() throws {
        let folder = TemporaryFolder()
        let header = #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#
        let bytes = safetensors(header, data: 3)
        _ = try SafetensorsFile(path: folder.write(bytes, as: "whole"))
        for count in 0 ..< bytes.count {
            let path = folder.write(Array(bytes[..<count]), as: "prefix")
            #expect(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
        }
    }

    @Test func aTensorThatDoesNotFitIsAnErrorThatNamesBoth() throws {
        let folder = TemporaryFolder()
        let path = folder.file("a")
        var writer = SafetensorsWriter()
        writer.add(Tensor<Float>(shape: [2, 3], repeating: 0), named: "conv.weight")
        writer.add(Tensor<UInt8>(shape: [4], repeating: 0), named: "codes")
        try writer.write(to: path)
        let file = try SafetensorsFile(path: path)
        expect("\(path): tensor 'conv.weight' has shape [2, 3], but the model needs [3, 2]") {
            () throws(CheckpointError) in _ = try file.tensor("conv.weight", shape: [3, 2])
        }
        expect("\(path): tensor 'up' is missing among the 2 of this file, but the model needs it") {
            () throws(CheckpointError) in _ = try file.tensor("up", shape: [3, 2])
        }
        expect(
            "\(path): tensor 'codes' has elements of type U8, but one of F32, F16, BF16 is needed"
        ) { () throws(CheckpointError) in _ = try file.tensor("codes", shape: [4]) }
    }

    @Test func aNumberPastHalfPrecisionIsNotWritten() {
        var writer = SafetensorsWriter()
        let tensor = Tensor<Float>(shape: [1], elements: [70000])
        #expect(throws: TensorFault.range(value: 70000, scalarType: .float16)) {
            try writer.addHalf(tensor, named: "a")
        }
        #expect(
            TensorFault.range(value: 70000, scalarType: .float16).description
                == "holds 70000.0, which F16 cannot store; choose F32")
    }
}

/// A half widened by the standard library, or by its definition.
private func widened(_ word: UInt16, _ type: ScalarType) -> Float {
    type == .float16
        ? Float(Float16(bitPattern: word)) : Float(bitPattern: UInt32(word) << 16)
}
