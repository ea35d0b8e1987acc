import CTesseraLibrary
import TesseraCheckpoint
import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor
import TesseraTokens
import Testing
import _TesseraTestSupport

/// The C interface gives what the Swift library gives.
@Suite struct AgreementTests {
    /// Height and width: one pixel, a whole position, one more, and none alike.
    static let sizes = [(1, 1), (8, 8), (9, 16), (37, 61)]

    private let handle = TinyHandle()
    private let model: Model

    init() throws {
        model = try Model(
            ModelFolder(path: tinyModelPath), needsPrior: true, precision: .fastForGuidance)
    }

    @Test func factsAreThoseOfTheModel() {
        #expect(String(cString: tessera_name(handle.model)) == model.name)
        #expect(String(cString: tessera_hash(handle.model)) == model.hashes[0].sha256)
        #expect(tessera_pixels_per_token(handle.model) == 8)
        #expect(tessera_slot_count(handle.model) == 4)
        #expect((0 ..< 5).map { tessera_vocabulary(handle.model, $0) } == [16, 16, 16, 16, 0])
        #expect(tessera_has_prior(handle.model) == 1)
        #expect(tessera_abi() == TESSERA_ABI)
        #expect(tessera_key("otter") == itemKey("otter"))
    }

    @Test(arguments: sizes)
    func tokensAndPicturesAreTheSame(height: Int, width: Int) {
        let bytes = noise(height * width * 3, seed: 1)
        let tokens = handle.encode(bytes, count: 1, height: height, width: width)
        let grid = model.tokens(of: image(bytes, height: height, width: width))
        #expect(tokens.map(Int32.init) == grid.codes)

        let blank = [UInt8](repeating: 7, count: bytes.count)
        withPictures(blank, count: 1, height: height, width: width) { pictures, back in
            #expect(tessera_decode(handle.model, tokens, tokens.count, &pictures) == TESSERA_OK)
            let expected = model.picture(of: grid, width: width, height: height)
            #expect(.eight(Array(back)) == expected.samples)
        }
    }

    @Test(arguments: [1, 2, 3, 9])
    func aBatchIsItsPictures(count: Int) {
        let (height, width) = (19, 24)
        let bytes = noise(count * height * width * 3, seed: 2)
        let size = height * width * 3
        let singles = (0 ..< count).flatMap { index in
            handle.encode(
                Array(bytes[index * size ..< (index + 1) * size]), count: 1, height: height,
                width: width)
        }
        #expect(handle.encode(bytes, count: count, height: height, width: width) == singles)
    }

    @Test func rowsMayLieApartAndWhatIsBetweenThemStays() {
        let (height, width, rowStride) = (11, 13, 45)
        let pictureStride = rowStride * height + 3
        let spread = noise(2 * pictureStride, seed: 3)
        let dense = (0 ..< 2).flatMap { picture in
            (0 ..< height).flatMap { row in
                let start = picture * pictureStride + row * rowStride
                return spread[start ..< start + 3 * width]
            }
        }
        let tokens = handle.encode(dense, count: 2, height: height, width: width)
        withPictures(spread, count: 2, height: height, width: width) { pictures, back in
            (pictures.row_stride, pictures.picture_stride) = (rowStride, pictureStride)
            var again = [UInt16](repeating: 0, count: tokens.count)
            #expect(
                tessera_encode(handle.model, &pictures, &again, again.count) == TESSERA_OK)
            #expect(again == tokens)
            #expect(Array(back) == spread)
            #expect(tessera_decode(handle.model, tokens, tokens.count, &pictures) == TESSERA_OK)
            for index in back.indices {
                let place = index % pictureStride
                if place % rowStride >= 3 * width || place >= height * rowStride {
                    #expect(back[index] == spread[index])
                }
            }
        }
    }

    /// By a model in every texture, and without a model.
    @Test(arguments: ["auto", "exemplar", "model", nil])
    func holesAreFilledAsTheSwiftLibraryFillsThem(texture: String?) throws {
        let (height, width) = (40, 48)
        let size = height * width * 3
        let bytes = noise(2 * size, seed: 4)
        let hole = PixelMask(height: height, width: width, rows: 5 ..< 19, columns: 9 ..< 24)
        let avoided = PixelMask(height: height, width: width, rows: 30 ..< 40, columns: 0 ..< 9)
        let flags = hole.isHole.map { UInt8($0 ? 255 : 0) }
        let flagged = avoided.isHole.map { UInt8($0 ? 1 : 0) }
        let keys = [itemKey("otter"), 0]
        let twice = flagged + flagged
        withPictures(bytes, count: 2, height: height, width: width) { pictures, filled in
            keys.withUnsafeBufferPointer { keys in
                twice.withUnsafeBufferPointer { avoided in
                    (texture ?? "auto").withCString { word in
                        var options = tessera_filling()
                        (options.sampling.seed, options.sampling.keys) = (5, keys.baseAddress)
                        options.sampling.step_count = 3
                        options.sampling.inner_step_count = 2
                        (options.texture, options.source_radius) = (word, 30)
                        (options.avoided, options.avoided_count) = (
                            avoided.baseAddress, avoided.count
                        )
                        let status =
                            texture == nil
                            ? tessera_fill(&pictures, flags + flags, 2 * flags.count, &options)
                            : tessera_inpaint(
                                handle.model, &pictures, flags + flags, 2 * flags.count, &options)
                        #expect(status == TESSERA_OK)
                    }
                }
            }
            var options = RecoveryOptions()
            (options.seed, options.stepCount, options.innerStepCount) = (5, 3, 2)
            options.sourceRadius = 30
            options.texture = texture.flatMap(HoleTexture.init) ?? .auto
            for index in 0 ..< 2 {
                options.key = keys[index]
                let part = index * size ..< (index + 1) * size
                let original = image(Array(bytes[part]), height: height, width: width)
                let expected =
                    texture == nil
                    ? original.filledFromExemplars(
                        hole: hole, avoiding: avoided, options: options
                    ).result()
                    : model.inpaint(original, hole: hole, avoiding: avoided, options: options)
                        .result().image
                #expect(.eight(Array(filled[part])) == expected?.samples)
            }
        }
    }

    @Test func aPictureWithTooLittleToCopyIsNamed() {
        let bytes = noise(2 * 24 * 24 * 3, seed: 2)
        var holes = [UInt8](repeating: 0, count: 2 * 24 * 24)
        for index in 24 * 24 ..< 2 * 24 * 24 { holes[index] = 1 }
        withPictures(bytes, count: 2, height: 24, width: 24) { pictures, filled in
            #expect(tessera_fill(&pictures, holes, holes.count, nil) == TESSERA_ARGUMENT)
            #expect(message.hasPrefix("picture 1 has too little to copy from to fill its hole; "))
            #expect(Array(filled) == bytes)
        }
    }

    @Test func threadsShareAModel() async {
        let bytes = noise(32 * 32 * 3, seed: 6)
        let expected = model.tokens(of: image(bytes, height: 32, width: 32)).codes
        let flags = (0 ..< 32 * 32).map { UInt8($0 % 32 < 8 ? 1 : 0) }
        let handle = handle
        await withTaskGroup(of: (tokens: [UInt16], filled: [UInt8]).self) { group in
            for _ in 0 ..< 6 {
                group.addTask {
                    let tokens = handle.encode(bytes, count: 1, height: 32, width: 32)
                    var options = tessera_filling()
                    options.sampling.step_count = 2
                    let filled = withPictures(bytes, count: 1, height: 32, width: 32) {
                        tessera_inpaint(handle.model, &$0, flags, flags.count, &options)
                            == TESSERA_OK ? Array($1) : []
                    }
                    return (tokens, filled)
                }
            }
            var all: [[UInt8]] = []
            for await result in group {
                #expect(result.tokens.map(Int32.init) == expected)
                all.append(result.filled)
            }
            #expect(all.allSatisfy { $0 == all[0] && $0.count == bytes.count })
        }
    }
}
