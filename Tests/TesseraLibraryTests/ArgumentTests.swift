import CTesseraLibrary
import Testing
import _TesseraTestSupport

/// What wrong arguments get: a status and a sentence, and no byte is written.
@Suite struct ArgumentTests {
    /// A change to right pictures, and what it gets.
    struct Fault: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let status: tessera_status
        let sentence: String
        let change: @Sendable (inout tessera_pictures) -> Void

        init(
            _ name: String, _ status: tessera_status, _ sentence: String,
            _ change: @escaping @Sendable (inout tessera_pictures) -> Void
        ) {
            (testDescription, self.status, self.sentence, self.change) = (
                name, status, sentence, change
            )
        }
    }

    static let faults = [
        Fault("no bytes", TESSERA_ARGUMENT, "'bytes' is null, but must point to something") {
            $0.bytes = nil
        },
        Fault("no rows", TESSERA_ARGUMENT, "'height' is 0, but must be from 1 to 65500") {
            $0.height = 0
        },
        Fault(
            "SIZE_MAX columns", TESSERA_ARGUMENT,
            "'width' is 18446744073709551615, but must be from 1 to 65500"
        ) { $0.width = -1 },
        Fault(
            "too many pixels", TESSERA_ARGUMENT,
            "a picture has 65500 x 65500 pixels, but may have 89478485"
        ) { ($0.width, $0.height) = (65500, 65500) },
        Fault(
            "rows overlap", TESSERA_ARGUMENT,
            "'row_stride' is 47, but must be from 48 to 1099511627776"
        ) { $0.row_stride = 47 },
        Fault(
            "pictures overlap", TESSERA_ARGUMENT,
            "'picture_stride' is 575, but must be from 576 to 9223372036854775807"
        ) { $0.picture_stride = 575 },
        Fault(
            "more pictures than bytes", TESSERA_CAPACITY,
            "'byte_count' is 1152, too few for 3 pictures of 16 x 12 pixels with rows 48 and "
                + "pictures 576 bytes apart"
        ) { $0.count = 3 },
        Fault(
            "a byte too few", TESSERA_CAPACITY,
            "'byte_count' is 1151, too few for 2 pictures of 16 x 12 pixels with rows 48 and "
                + "pictures 576 bytes apart"
        ) { $0.byte_count -= 1 },
        Fault(
            "strides whose product is beyond 64 bits", TESSERA_CAPACITY,
            "'byte_count' is 1152, too few for 2 pictures of 16 x 12 pixels with rows 1099511627776 "
                + "and pictures 9223372036854775807 bytes apart"
        ) { ($0.row_stride, $0.picture_stride) = (1 << 40, .max) },
        Fault(
            "SIZE_MAX pictures", TESSERA_ARGUMENT,
            "'count' is 18446744073709551615, but must be from 0 to 1099511627776"
        ) { $0.count = -1 },
    ]

    private let handle = TinyHandle()
    private let bytes = noise(2 * 16 * 12 * 3, seed: 7)

    @Test(arguments: faults)
    func picturesThatCannotBe(_ fault: Fault) {
        var tokens = [UInt16](repeating: 3, count: 64)
        let holes = [UInt8](repeating: 1, count: 384)
        withPictures(bytes, count: 2, height: 12, width: 16) { pictures, buffer in
            fault.change(&pictures)
            #expect(tessera_encode(handle.model, &pictures, &tokens, 32) == fault.status)
            #expect(message == fault.sentence)
            #expect(tessera_decode(handle.model, tokens, 32, &pictures) == fault.status)
            #expect(message == fault.sentence)
            #expect(
                tessera_inpaint(handle.model, &pictures, holes, holes.count, nil) == fault.status)
            #expect(message == fault.sentence)
            #expect(Array(buffer) == bytes)
        }
        #expect(tokens.allSatisfy { $0 == 3 })
    }

    @Test func buffersThatAreTooSmall() {
        var tokens = [UInt16](repeating: 3, count: 64)
        withPictures(bytes, count: 2, height: 12, width: 16) { pictures, _ in
            #expect(tessera_encode(handle.model, &pictures, &tokens, 31) == TESSERA_CAPACITY)
            #expect(message == "'capacity' is 31, but 2 pictures have 32 tokens")
            #expect(tokens.allSatisfy { $0 == 3 })
            #expect(tessera_encode(handle.model, &pictures, &tokens, -1) == TESSERA_OK)
            #expect(tokens[32...].allSatisfy { $0 == 3 })
            #expect(tessera_decode(handle.model, tokens, 33, &pictures) == TESSERA_ARGUMENT)
            #expect(
                message
                    == "'token_count' is 33, but 2 pictures of 16 x 12 pixels have 32 tokens")
            #expect(
                tessera_inpaint(handle.model, &pictures, bytes, 383, nil) == TESSERA_ARGUMENT)
            #expect(
                message
                    == "'hole_count' is 383, but 2 pictures of 16 x 12 pixels have 384 pixels")
        }
    }

    @Test func tokensThatAreNone() {
        var tokens = [UInt16](repeating: 15, count: 32)
        tokens[6] = 16
        withPictures(bytes, count: 2, height: 12, width: 16) { pictures, buffer in
            #expect(tessera_decode(handle.model, tokens, 32, &pictures) == TESSERA_TOKEN)
            #expect(message == "token 6 is 16, but slot 2 has a vocabulary of 16")
            #expect(Array(buffer) == bytes)
        }
    }

    @Test func stepsOutOfRange() {
        var options = tessera_filling()
        withPictures(bytes, count: 2, height: 12, width: 16) { pictures, _ in
            for steps in [Int32(-1), 10_001] {
                options.sampling.step_count = steps
                #expect(
                    tessera_inpaint(handle.model, &pictures, bytes, 384, &options)
                        == TESSERA_ARGUMENT)
                #expect(message == "'step_count' is \(steps), but must be from 0 to 10000")
            }
        }
    }

    @Test func fillingsThatCannotBe() {
        let holes = [UInt8](repeating: 0, count: 384)
        func expect(_ sentence: String, _ change: (inout tessera_filling) -> Void) {
            var options = tessera_filling()
            change(&options)
            withPictures(bytes, count: 2, height: 12, width: 16) { pictures, _ in
                #expect(
                    tessera_inpaint(handle.model, &pictures, holes, 384, &options)
                        == TESSERA_ARGUMENT)
                #expect(message == sentence)
                #expect(tessera_fill(&pictures, holes, 384, &options) == TESSERA_ARGUMENT)
                #expect(message == sentence)
            }
        }
        "paint".withCString { word in
            expect("'texture' is 'paint', but must be one of auto, exemplar, model") {
                $0.texture = word
            }
        }
        expect("'source_radius' is 65537, but must be from 0 to 65536") {
            $0.source_radius = 65_537
        }
        holes.withUnsafeBufferPointer { holes in
            expect("'avoided_count' is 383, but 2 pictures of 16 x 12 pixels have 384 pixels") {
                ($0.avoided, $0.avoided_count) = (holes.baseAddress, 383)
            }
        }
        withPictures(bytes, count: 2, height: 12, width: 16) { pictures, _ in
            #expect(tessera_fill(&pictures, nil, 384, nil) == TESSERA_ARGUMENT)
            #expect(message == "'holes' is null, but must point to something")
            #expect(tessera_fill(nil, holes, 384, nil) == TESSERA_ARGUMENT)
            #expect(tessera_fill(&pictures, holes, 383, nil) == TESSERA_ARGUMENT)
            #expect(tessera_fill(&pictures, holes, 384, nil) == TESSERA_OK)
        }
    }

    @Test func nothingAtAll() {
        var (rows, columns) = (5, 5)
        var token: UInt16 = 3
        tessera_close(nil)
        #expect(tessera_name(nil) == nil && tessera_hash(nil) == nil)
        #expect(tessera_pixels_per_token(nil) == 0 && tessera_slot_count(nil) == 0)
        #expect(tessera_vocabulary(nil, 0) == 0 && tessera_has_prior(nil) == 0)
        #expect(tessera_key(nil) == 0)
        #expect(tessera_vocabulary(handle.model, -1) == 0)
        #expect(tessera_open(tinyModelPath, 0, nil) == TESSERA_ARGUMENT)
        #expect(message == "'result' is null, but must point to something")
        #expect(tessera_grid(nil, 8, 8, &rows, &columns) == TESSERA_ARGUMENT)
        #expect(message == "'model' is null, but must point to something")
        #expect(tessera_grid(handle.model, 8, 8, nil, &columns) == TESSERA_ARGUMENT)
        #expect((rows, columns) == (5, 5))
        #expect(tessera_encode(handle.model, nil, &token, 1) == TESSERA_ARGUMENT)
        #expect(message == "'pictures' is null, but must point to something")
        withPictures(bytes, count: 2, height: 12, width: 16) { pictures, _ in
            #expect(tessera_encode(handle.model, &pictures, nil, 32) == TESSERA_ARGUMENT)
            #expect(tessera_decode(handle.model, nil, 32, &pictures) == TESSERA_ARGUMENT)
            #expect(tessera_inpaint(handle.model, &pictures, nil, 384, nil) == TESSERA_ARGUMENT)
            pictures.count = 0
            #expect(tessera_encode(handle.model, &pictures, &token, 0) == TESSERA_OK)
        }
        #expect(token == 3)
    }

    @Test func modelsThatDoNotOpen() {
        var opened: OpaquePointer? = handle.model
        #expect(tessera_open("/nowhere/at-all", 0, &opened) == TESSERA_MODEL)
        #expect(opened == nil)
        #expect(message.hasPrefix("/nowhere/at-all: no model folder or shipped model is named"))
        for count in [Int32(-1), 1025] {
            #expect(tessera_open(tinyModelPath, count, &opened) == TESSERA_ARGUMENT)
            #expect(message == "'thread_count' is \(count), but must be from 0 to 1024")
        }
    }
}
